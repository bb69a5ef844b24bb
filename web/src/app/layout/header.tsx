// Logo, search, upload and the way into one's account.
import { ArrowLeft, Search, Upload } from "lucide-react";
import { useState } from "react";
import { Link, useLocation } from "react-router";
import { Logo } from "@/components/logo";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import { paths } from "@/config/paths";
import { SearchBox } from "@/features/search/components/search-box";
import { useConfig } from "@/lib/api/config";
import { useMe } from "@/lib/api/me";
import { AccountMenu } from "./account-menu";
import { ThemeMenu } from "./theme-menu";

export function Header() {
  const site = useConfig().data?.name ?? "Mutoscope";
  const location = useLocation();
  // On phones the search field takes the header's place, until the address changes.
  const [searchingAt, setSearchingAt] = useState<string | null>(null);
  const searching = searchingAt === location.key;

  return (
    <header className="sticky top-0 z-40 border-b bg-background/92 backdrop-blur-md">
      <div className="page-header-row mx-auto flex max-w-[112rem] items-center gap-2 px-4 sm:gap-4 sm:px-6 lg:px-8">
        {searching ? (
          <>
            <Button
              variant="ghost"
              size="icon"
              aria-label="Close search"
              onClick={() => setSearchingAt(null)}
            >
              <ArrowLeft />
            </Button>
            <SearchBox focused className="flex-1" />
          </>
        ) : (
          <>
            <Link to={paths.home.href()} aria-label={`${site}, home`} className="flex rounded-lg">
              <Logo name={site} />
            </Link>
            <div className="hidden flex-1 justify-center md:flex">
              <SearchBox className="w-full max-w-xl" />
            </div>
            <div className="ml-auto flex items-center gap-1 sm:gap-2 md:ml-0">
              <Button
                variant="ghost"
                size="icon"
                className="md:hidden"
                aria-label="Search"
                onClick={() => setSearchingAt(location.key)}
              >
                <Search />
              </Button>
              <ThemeMenu />
              <AccountButtons />
            </div>
          </>
        )}
      </div>
    </header>
  );
}

function AccountButtons() {
  const me = useMe();
  if (me.isPending) return <Skeleton className="size-10 rounded-full" />;
  if (!me.data) {
    return (
      <Button asChild size="sm" className="h-9">
        <Link to={paths.signIn.href()}>Sign in</Link>
      </Button>
    );
  }
  return (
    <>
      <Button asChild variant="secondary" className="hidden sm:inline-flex">
        <Link to={paths.upload.href()}>
          <Upload aria-hidden="true" />
          Upload
        </Link>
      </Button>
      <Button asChild variant="ghost" size="icon" className="sm:hidden">
        <Link to={paths.upload.href()} aria-label="Upload">
          <Upload />
        </Link>
      </Button>
      <AccountMenu user={me.data} />
    </>
  );
}
