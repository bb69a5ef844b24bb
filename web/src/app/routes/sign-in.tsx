// Sign in.
import { SignInForm } from "@/features/auth/components/sign-in-form";
import { usePageTitle } from "@/hooks/use-page-title";

export default function SignIn() {
  usePageTitle("Sign in");
  return <SignInForm />;
}
