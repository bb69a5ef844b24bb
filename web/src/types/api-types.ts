// Short names for the generated API types, so that screens do not spell out `components["schemas"]`.
import type { components } from "./api";

type Schemas = components["schemas"];

export type Chapter = Schemas["Chapter"];
export type Channel = Schemas["Channel"];
export type Invitation = Schemas["Invitation"];
export type AdminUser = Schemas["AdminUser"];
export type Highlight = Schemas["Highlight"];
export type PartLink = Schemas["PartLink"];
export type Privacy = Schemas["Privacy"];
export type Problem = Schemas["Problem"];
export type SearchHit = Schemas["SearchHit"];
export type ServerConfig = Schemas["ServerConfig"];
export type Session = Schemas["Session"];
export type Upload = Schemas["Upload"];
export type UploadCreated = Schemas["UploadCreated"];
export type User = Schemas["User"];
export type Video = Schemas["Video"];
export type VideoChange = Schemas["VideoChange"];
export type VideoPage = Schemas["VideoPage"];
export type VideoState = Schemas["VideoState"];
