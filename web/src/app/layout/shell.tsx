// The frame around every page: skip link, header, main, footer; moves focus and scroll when the page changes.
import { useEffect, useRef } from "react";
import { Outlet, ScrollRestoration, useLocation, useNavigation } from "react-router";
import { useConfig } from "@/lib/api/config";
import { Header } from "./header";

export function Shell() {
  const main = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  const shownPath = useRef(pathname);
  const loading = useNavigation().state !== "idle";
  const site = useConfig().data?.name ?? "Mutoscope";

  useEffect(() => {
    // On the first page the browser's own focus is right.
    if (shownPath.current !== pathname) main.current?.focus({ preventScroll: true });
    shownPath.current = pathname;
  }, [pathname]);

  return (
    <div className="flex min-h-dvh flex-col">
      <a
        href="#main"
        className="sr-only rounded-lg bg-primary px-4 py-2 text-primary-foreground focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50"
      >
        Skip to content
      </a>
      {loading && (
        <div className="fixed inset-x-0 top-0 z-50 h-0.5 bg-primary motion-safe:animate-pulse" />
      )}
      <Header />
      <main
        id="main"
        ref={main}
        tabIndex={-1}
        className="page-main flex-1 outline-none"
      >
        <Outlet />
      </main>
      <footer className="mx-auto w-full max-w-[112rem] px-4 py-6 text-sm text-muted-foreground sm:px-6 lg:px-8">
        {site === "Mutoscope" ? "Mutoscope" : `${site} runs on Mutoscope`} · films of this community,
        on its own server
      </footer>
      <ScrollRestoration />
    </div>
  );
}
