// A channel.
import { useParams } from "react-router";
import { ChannelPage } from "@/features/channel/components/channel-page";

export default function Channel() {
  const { handle = "" } = useParams();
  return <ChannelPage handle={handle} />;
}
