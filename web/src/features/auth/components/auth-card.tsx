// The narrow card that sign-in and sign-up share.
import type { ReactNode } from "react";
import { InsecureNotice } from "@/components/insecure-notice";
import { LogoMark } from "@/components/logo";
import { Card } from "@/components/ui/card";

interface AuthCardProps {
  title: string;
  children: ReactNode;
  below: ReactNode;
}

export function AuthCard({ title, children, below }: AuthCardProps) {
  return (
    <div className="mx-auto w-full max-w-md py-4 sm:py-10">
      <div className="mb-6 flex flex-col items-center text-center">
        <LogoMark className="size-12" />
        <h1 className="mt-4 text-2xl font-semibold">{title}</h1>
      </div>
      <Card className="space-y-5 shadow-soft">
        <InsecureNotice />
        {children}
      </Card>
      <p className="mt-5 text-center text-sm text-muted-foreground">{below}</p>
    </div>
  );
}
