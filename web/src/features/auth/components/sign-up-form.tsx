// Makes an account; asks for an invitation where the server wants one.
import { type FormEvent, useState } from "react";
import { Link, useNavigate, useSearchParams } from "react-router";
import { FormFault } from "@/components/form-fault";
import { PasswordInput } from "@/components/password-input";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { paths, safeNext } from "@/config/paths";
import { useConfig } from "@/lib/api/config";
import { fieldFault, formFault } from "@/lib/problem";
import { useSignUp } from "../api/sign-up";
import { AuthCard } from "./auth-card";

const fields = ["username", "email", "password", "invitation"] as const;

export function SignUpForm() {
  const [params] = useSearchParams();
  const next = safeNext(params.get("next"));
  const config = useConfig().data;
  const isFirst = config?.first_account ?? false;
  // Whoever comes first is the administrator, whatever the settings say.
  const registration = isFirst ? "open" : (config?.registration ?? "open");
  const [account, setAccount] = useState({
    username: "",
    email: "",
    password: "",
    invitation: params.get("invitation") ?? "",
  });
  const signUp = useSignUp();
  const navigate = useNavigate();
  const set = (change: Partial<typeof account>) => setAccount({ ...account, ...change });
  const asksInvitation = registration === "invite" || account.invitation !== "";

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const invitation = account.invitation.trim();
    signUp.mutate(
      {
        username: account.username.trim(),
        email: account.email.trim(),
        password: account.password,
        ...(invitation ? { invitation } : {}),
      },
      { onSuccess: () => void navigate(next, { replace: true }) },
    );
  };

  return (
    <AuthCard
      title="Create your account"
      below={
        <>
          Have an account?{" "}
          <Link
            to={paths.signIn.href(next)}
            className="font-medium text-primary underline underline-offset-4"
          >
            Sign in
          </Link>
        </>
      }
    >
      {registration === "closed" ? (
        <p className="text-muted-foreground">
          This server does not take new accounts. Ask its administrator if you need one.
        </p>
      ) : (
        <form onSubmit={submit} className="space-y-5">
          {isFirst && (
            <p className="rounded-xl bg-accent p-3.5 text-sm text-accent-foreground">
              This is the first account of this server: it will be its administrator.
            </p>
          )}
          <Field
            label="User name"
            hint="Also the address of your channel: 3 to 30 letters and digits, with . _ - between them."
            error={fieldFault(signUp.error, "username")}
          >
            {(control) => (
              <Input
                {...control}
                name="username"
                autoComplete="username"
                autoCapitalize="none"
                required
                maxLength={30}
                value={account.username}
                onChange={(event) => set({ username: event.target.value })}
              />
            )}
          </Field>
          <Field label="E-mail address" error={fieldFault(signUp.error, "email")}>
            {(control) => (
              <Input
                {...control}
                type="email"
                name="email"
                autoComplete="email"
                required
                value={account.email}
                onChange={(event) => set({ email: event.target.value })}
              />
            )}
          </Field>
          <Field
            label="Password"
            hint="At least 8 characters. A few words that only you would put together are a good one."
            error={fieldFault(signUp.error, "password")}
          >
            {(control) => (
              <PasswordInput
                {...control}
                name="new-password"
                autoComplete="new-password"
                required
                value={account.password}
                onChange={(event) => set({ password: event.target.value })}
              />
            )}
          </Field>
          {asksInvitation && (
            <Field
              label="Invitation code"
              hint={registration === "invite" ? "New accounts are by invitation here." : undefined}
              error={fieldFault(signUp.error, "invitation")}
            >
              {(control) => (
                <Input
                  {...control}
                  name="invitation"
                  autoComplete="off"
                  spellCheck={false}
                  required={registration === "invite"}
                  value={account.invitation}
                  onChange={(event) => set({ invitation: event.target.value })}
                />
              )}
            </Field>
          )}
          <FormFault error={formFault(signUp.error, fields)} />
          <Button type="submit" size="lg" className="w-full" busy={signUp.isPending}>
            Create account
          </Button>
        </form>
      )}
    </AuthCard>
  );
}
