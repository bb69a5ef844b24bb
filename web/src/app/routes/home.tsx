// Browse: all public videos, newest or most watched first, without end.
import { usePageTitle } from "@/hooks/use-page-title";
import { Browse } from "@/features/browse/components/browse";

export default function Home() {
  usePageTitle(null);
  return <Browse />;
}
