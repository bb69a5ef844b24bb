// Settings.
import { Settings } from "@/features/settings/components/settings";
import { usePageTitle } from "@/hooks/use-page-title";

export default function SettingsPage() {
  usePageTitle("Settings");
  return <Settings />;
}
