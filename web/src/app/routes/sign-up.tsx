// Sign up.
import { SignUpForm } from "@/features/auth/components/sign-up-form";
import { usePageTitle } from "@/hooks/use-page-title";

export default function SignUp() {
  usePageTitle("Create your account");
  return <SignUpForm />;
}
