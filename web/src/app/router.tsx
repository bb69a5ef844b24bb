// Which page answers at which address. Pages are fetched when first visited; the watch page's video is asked for meanwhile.
import type { QueryClient } from "@tanstack/react-query";
import { createBrowserRouter, type RouteObject } from "react-router";
import { paths } from "@/config/paths";
import { videoQuery } from "@/lib/api/video";
import { RequireAdmin, RequireUser } from "./layout/guards";
import { GuestOnly } from "./layout/guest-only";
import { PageFault } from "./layout/page-fault";
import { PageSkeleton } from "./layout/page-skeleton";
import { Shell } from "./layout/shell";
import Home from "./routes/home";
import NotFound from "./routes/not-found";

export function createRouter(client: QueryClient) {
  return createBrowserRouter(createRoutes(client));
}

export function createRoutes(client: QueryClient): RouteObject[] {
  return [
    {
      Component: Shell,
      HydrateFallback: PageSkeleton,
      children: [
        {
          ErrorBoundary: PageFault,
          children: [
            { path: paths.home.path, Component: Home },
            {
              path: paths.watch.path,
              loader: ({ params }) => {
                void client.prefetchQuery(videoQuery(params.id ?? ""));
                return null;
              },
              lazy: page(() => import("./routes/watch")),
            },
            { path: paths.search.path, lazy: page(() => import("./routes/search")) },
            { path: paths.channel.path, lazy: page(() => import("./routes/channel")) },
            {
              Component: GuestOnly,
              children: [
                { path: paths.signIn.path, lazy: page(() => import("./routes/sign-in")) },
                { path: paths.signUp.path, lazy: page(() => import("./routes/sign-up")) },
              ],
            },
            {
              Component: RequireUser,
              children: [
                { path: paths.upload.path, lazy: page(() => import("./routes/upload")) },
                { path: paths.myVideos.path, lazy: page(() => import("./routes/my-videos")) },
                { path: paths.settings.path, lazy: page(() => import("./routes/settings")) },
              ],
            },
            {
              path: paths.admin.path,
              Component: RequireAdmin,
              children: [
                {
                  lazy: page(() => import("./routes/admin")),
                  children: [
                    {
                      path: paths.adminUsers.path,
                      lazy: page(() => import("./routes/admin-users")),
                    },
                    {
                      path: paths.adminInvitations.path,
                      lazy: page(() => import("./routes/admin-invitations")),
                    },
                    {
                      path: paths.adminVideos.path,
                      lazy: page(() => import("./routes/admin-videos")),
                    },
                  ],
                },
              ],
            },
            { path: "*", Component: NotFound },
          ],
        },
      ],
    },
  ];
}

function page(load: () => Promise<{ default: React.ComponentType }>) {
  return { Component: async () => (await load()).default };
}
