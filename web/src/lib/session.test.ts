// Renewing the session: once for all callers, ahead of its end, and never twice with one token.
import { http, HttpResponse } from "msw";
import { expect, test } from "vitest";
import { user } from "@/testing/fixtures";
import { at, problem, server, signedIn, world } from "@/testing/server";
import { api } from "./api-client";
import { withStorageLock } from "./locks";
import { hasSession, renewSession, startSession } from "./session";

function countingRefreshes(answer = () => HttpResponse.json(signedIn(user())) as Response) {
  const seen = { refreshes: 0 };
  server.use(
    http.post(at("/auth/refresh"), () => {
      seen.refreshes += 1;
      return answer();
    }),
  );
  return seen;
}

test("calls that find the access cookie expired renew it once and are tried again", async () => {
  const seen = countingRefreshes();
  startSession(600);
  const answers = await Promise.all([1, 2, 3].map(() => api.GET("/api/v1/auth/me")));
  expect(answers.map(({ response }) => response.status)).toEqual([200, 200, 200]);
  expect(seen.refreshes).toBe(1);
});

test("a session about to end is renewed before the call, so that nothing is asked as a stranger", async () => {
  const seen = countingRefreshes();
  world.me = user();
  startSession(5);
  await api.GET("/api/v1/auth/me");
  expect(seen.refreshes).toBe(1);
});

test("a renewal by another tab in the meantime is enough", async () => {
  const seen = countingRefreshes();
  startSession(600);
  expect(await renewSession(Date.now() - 1000)).toBe(true);
  expect(seen.refreshes).toBe(0);
});

test("a refused renewal ends the session and is not tried again", async () => {
  const seen = countingRefreshes(() => problem(401, "invalid_refresh_token", "sign in again") as Response);
  startSession(600);
  expect((await api.GET("/api/v1/auth/me")).response.status).toBe(401);
  expect(hasSession()).toBe(false);
  await api.GET("/api/v1/auth/me");
  expect(seen.refreshes).toBe(1);
});

test("changes carry the header that foreign pages cannot send", async () => {
  let header: string | null = null;
  server.use(
    http.delete(at("/me/sessions"), ({ request }) => {
      header = request.headers.get("x-mutoscope-csrf");
      return new HttpResponse(null, { status: 204 });
    }),
  );
  await api.DELETE("/api/v1/me/sessions");
  expect(header).toBe("1");
});

test("without Web Locks, a lease in storage lets one in at a time", async () => {
  let inside = 0;
  let most = 0;
  const work = () =>
    withStorageLock("test", async () => {
      inside += 1;
      most = Math.max(most, inside);
      await new Promise((resolve) => setTimeout(resolve, 20));
      inside -= 1;
    });
  await Promise.all([work(), work(), work()]);
  expect(most).toBe(1);
  expect(localStorage.getItem("test.lock")).toBeNull();
});
