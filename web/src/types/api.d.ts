// Generated from schema/openapi.json by `npm run api`; do not edit.

export interface paths {
    "/api/v1/admin/invitations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the invitations. */
        get: {
            parameters: {
                query?: {
                    /** @description `next_cursor` of the page before. */
                    cursor?: string;
                    /** @description How many, 1 to 100; 24 where it is left out. */
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["InvitationList"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** Invite someone. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewInvitation"];
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Invitation"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/invitations/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Take an invitation back. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The invitation */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description It can't be used any more. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description There is none that could still be used. */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the users, or find some. */
        get: {
            parameters: {
                query?: {
                    /** @description `next_cursor` of the page before. */
                    cursor?: string;
                    /** @description How many, 1 to 100; 24 where it is left out. */
                    limit?: number;
                    /** @description A part of the user name or the e-mail address. */
                    q?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AdminUserPage"];
                    };
                };
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/users/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Delete an account, with all its videos. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The user */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The account and its videos are gone. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description `last_administrator` */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        /** Block, unblock, promote, demote, or set the quota. */
        patch: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The user */
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["AdminUserChange"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AdminUser"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description `last_administrator` */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        trace?: never;
    };
    "/api/v1/admin/users/{id}/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Set a password for someone; they are signed out everywhere. */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The user */
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewPassword"];
                };
            };
            responses: {
                /** @description It counts. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/users/{id}/password-reset": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make a new password for someone; they are signed out everywhere. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The user */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["OneTimePassword"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/videos": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Anyone's videos, for administrators. */
        get: {
            parameters: {
                query?: {
                    /** @description `next_cursor` of the page before. */
                    cursor?: string;
                    /** @description How many, 1 to 100; 24 where it is left out. */
                    limit?: number;
                    /** @description `failed`; all videos where it is left out. */
                    state?: "failed";
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description a page */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["VideoPage"];
                    };
                };
                /** @description the cursor is not of this list: invalid_cursor */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description nobody is signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description only administrators may do this */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sign in. */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description `cookie`: the session travels as cookies */
                    "X-Mutoscope-Session"?: string | null;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Login"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SignedIn"];
                    };
                };
                /** @description `wrong_credentials` */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description `account_blocked` */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description `too_many_requests`, with Retry-After */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sign out on this device. Done is done: without a session the answer is the same. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Logout"];
                };
            };
            responses: {
                /** @description The session has ended; its cookies are taken away. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who am I? */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["User"];
                    };
                };
                /** @description `not_signed_in`, `invalid_token` */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Change my password. Every other session ends; this one goes on. */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["PasswordChange"];
                };
            };
            responses: {
                /** @description The new password counts. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description `wrong_password` */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description `invalid_field` */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Exchange the refresh token for a new pair. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Refresh"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SignedIn"];
                    };
                };
                /** @description `invalid_refresh_token` */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/register": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make an account and sign in to it. The first account of a platform is its administrator. */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description `cookie`: the session travels as cookies */
                    "X-Mutoscope-Session"?: string | null;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Registration"];
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SignedIn"];
                    };
                };
                /** @description `registration_closed`, `invitation_needed`, `invitation_invalid` */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description `username_taken`, `email_taken` */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description `invalid_field` */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description `too_many_requests` */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/channels/{handle}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A channel with its public videos. */
        get: {
            parameters: {
                query?: {
                    /** @description `next_cursor` of the page before. */
                    cursor?: string;
                    /** @description How many, 1 to 100; 24 where it is left out. */
                    limit?: number;
                };
                header?: never;
                path: {
                    /** @description the owner's user name, in any case */
                    handle: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description the channel and a page of its videos, newest first */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Channel"];
                    };
                };
                /** @description the cursor is not of this list: invalid_cursor */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description there is no such channel */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/config": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How is this platform set up? */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ServerConfig"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Delete my account, with all its videos. There is no way back. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["AccountDeletion"];
                };
            };
            responses: {
                /** @description The account and its videos are gone. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description `wrong_password` */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description `last_administrator` */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** On which devices am I signed in? */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SessionList"];
                    };
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        /** Sign out everywhere else. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Only this session goes on. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/sessions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Sign one device out. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The session */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description It has ended. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/videos": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One's own videos, in every state. */
        get: {
            parameters: {
                query?: {
                    /** @description `next_cursor` of the page before. */
                    cursor?: string;
                    /** @description How many, 1 to 100; 24 where it is left out. */
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description a page, newest upload first */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["VideoPage"];
                    };
                };
                /** @description the cursor is not of this list: invalid_cursor */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description nobody is signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Finds public videos by title, description, tags and channel. */
        get: {
            parameters: {
                query?: {
                    /** @description Words; the last one may be unfinished. Cut after 256 characters. */
                    q?: string;
                    /** @description `next_cursor` of the page before. */
                    cursor?: string;
                    /** @description How many, 1 to 100; 24 where it is left out. */
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description a page of hits, best first; none for an empty search */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SearchPage"];
                    };
                };
                /** @description the cursor is not of this search: invalid_cursor */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description limit is not acceptable */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description search can't answer now: search_unavailable */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/search/suggestions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What someone who typed this may want to search for. */
        get: {
            parameters: {
                query?: {
                    /** @description The beginning of a search. */
                    q?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description at most 8 lines, best first */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Suggestions"];
                    };
                };
                /** @description search can't answer now: search_unavailable */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/uploads": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Begins an upload. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewUpload"];
                };
            };
            responses: {
                /** @description it may be sent, in parts */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["UploadCreated"];
                    };
                };
                /** @description nobody is signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description there is not enough room: quota_exceeded */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description the file is too large: file_too_large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description empty_file, or a field is not acceptable */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description too many uploads are unfinished */
                429: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/uploads/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** An upload with the parts that are there: what a client sends on after a break. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description the upload */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description the upload */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Upload"];
                    };
                };
                /** @description nobody is signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description there is no such upload of yours */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        /** Gives an unfinished upload up. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description the upload */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description it is gone, and its video too */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description nobody is signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description there is no such upload of yours */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description it is complete: delete the video instead */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/uploads/{id}/complete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Completes an upload; completing twice is completing once. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description the upload */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description the file is whole; its video is being made */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["UploadComplete"];
                    };
                };
                /** @description nobody is signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description there is no such upload of yours */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description parts are missing, too short or too large: parts_missing names them */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/uploads/{id}/links": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Signs links for parts. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description the upload */
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["LinksWanted"];
                };
            };
            responses: {
                /** @description a link a part, good for at most 15 minutes */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Links"];
                    };
                };
                /** @description nobody is signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description there is no such upload of yours */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description upload_closed, or part_changed_too_often */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description a number or a hash is not acceptable */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/uploads/{id}/parts/{number}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Takes a part's bytes. */
        put: {
            parameters: {
                query: {
                    /** @description The SHA-256 of the only content that the link takes. */
                    sha256: string;
                    /** @description Unix milliseconds. */
                    expires: number;
                    /** @description Names the signing key. */
                    key: string;
                    /** @description HMAC-SHA-256 in hex. */
                    signature: string;
                };
                header?: never;
                path: {
                    /** @description the upload */
                    id: string;
                    /** @description the part */
                    number: number;
                };
                cookie?: never;
            };
            /** @description the part's bytes */
            requestBody?: {
                content: {
                    "application/octet-stream": unknown;
                };
            };
            responses: {
                /** @description the part is there */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description link_invalid or link_expired: ask for a new link */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description the upload is gone */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description upload_closed, or link_replaced */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description part_too_large */
                413: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description part_too_short, or part_altered */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/videos": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What everyone may find: public videos that can be watched. */
        get: {
            parameters: {
                query?: {
                    /** @description `next_cursor` of the page before. */
                    cursor?: string;
                    /** @description How many, 1 to 100; 24 where it is left out. */
                    limit?: number;
                    /** @description `newest` where it is left out. */
                    sort?: "newest" | "views";
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description a page */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["VideoPage"];
                    };
                };
                /** @description the cursor is not of this list: invalid_cursor */
                400: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description limit or sort is not acceptable */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/videos/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A video; `hls_url` plays as soon as it is not null. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description the video */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description the video */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Video"];
                    };
                };
                /** @description it is not there, or not yours to see */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        /** Deletes a video. Work on it stops, and its objects go with the next sweep. */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description the video */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description it is gone */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description nobody is signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description there is no such video of yours */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        /** Changes a video. */
        patch: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description the video */
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["VideoChange"];
                };
            };
            responses: {
                /** @description the video as it is now */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Video"];
                    };
                };
                /** @description nobody is signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description there is no such video of yours */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description a field is not acceptable */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        trace?: never;
    };
    "/api/v1/videos/{id}/media/{plan}/chapters.vtt": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The chapters, WebVTT. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description the video */
                    id: string;
                    /** @description as in chapters_url */
                    plan: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description the chapters */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/vtt": unknown;
                    };
                };
                /** @description a range of it */
                206: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description it has not changed */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description it is not there, or not yours to see */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description the range lies outside of it: range_not_satisfiable */
                416: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/videos/{id}/media/{plan}/index.m3u8": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The multivariant playlist (RFC 8216). */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description the video */
                    id: string;
                    /** @description as in hls_url */
                    plan: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description the playlist */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/vnd.apple.mpegurl": unknown;
                    };
                };
                /** @description a range of it */
                206: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description it has not changed */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description it is not there, or not yours to see */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description the range lies outside of it: range_not_satisfiable */
                416: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/videos/{id}/media/{plan}/index.mpd": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The same film for DASH players (ISO/IEC 23009-1). */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description the video */
                    id: string;
                    /** @description as in hls_url */
                    plan: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description the presentation */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/dash+xml": unknown;
                    };
                };
                /** @description a range of it */
                206: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description it has not changed */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description it is not there, or not yours to see */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description the range lies outside of it: range_not_satisfiable */
                416: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/videos/{id}/media/{plan}/poster.jpg": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The poster. One whose object was lost is made again first, and waited for like a segment. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description the video */
                    id: string;
                    /** @description as in poster_url */
                    plan: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description the picture */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "image/jpeg": unknown;
                    };
                };
                /** @description a range of it */
                206: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description it has not changed */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description it is not there, or not yours to see */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description the range lies outside of it: range_not_satisfiable */
                416: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description it is still being made: not_made_yet */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/videos/{id}/media/{plan}/sidecars/{file}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A sidecar: the storyboard (`storyboard.vtt`, WebVTT whose cues name parts of the sheets beside it), its sheets, scene
         *     cuts (`scenes.json`), the poster that the owner chose. One whose object was lost is made again first.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description the video */
                    id: string;
                    /** @description as in storyboard_url */
                    plan: string;
                    /** @description as in storyboard_url, in the storyboard, or scenes.json */
                    file: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description the file */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description a range of it */
                206: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description it has not changed */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description it is not there, or not yours to see */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description the range lies outside of it: range_not_satisfiable */
                416: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description it is still being made: not_made_yet */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/videos/{id}/media/{plan}/{captions}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A track of captions, WebVTT. Where it is not made yet the answer waits for it, at most 8 seconds. One that could not be
         *     made has no cue; its owner is told, and may have it tried again.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description the video */
                    id: string;
                    /** @description as in hls_url */
                    plan: string;
                    /** @description as in captions: captions-eng.vtt */
                    captions: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description the captions */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/vtt": unknown;
                    };
                };
                /** @description a range of it */
                206: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description it has not changed */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description it is not there, or not yours to see */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description the range lies outside of it: range_not_satisfiable */
                416: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description it is still being made: not_made_yet */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/videos/{id}/media/{plan}/{rendition}/index.m3u8": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A rendition's media playlist. Every planned segment is listed; one that is not made yet is made when it is asked for. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description the video */
                    id: string;
                    /** @description as in hls_url */
                    plan: string;
                    /** @description as in the multivariant playlist */
                    rendition: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description the playlist */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/vnd.apple.mpegurl": unknown;
                    };
                };
                /** @description a range of it */
                206: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description it has not changed */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description it is not there, or not yours to see */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description the range lies outside of it: range_not_satisfiable */
                416: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/videos/{id}/media/{plan}/{rendition}/init.mp4": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The init segment of a rendition. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description the video */
                    id: string;
                    /** @description as in hls_url */
                    plan: string;
                    /** @description as in the multivariant playlist */
                    rendition: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description the segment */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "video/mp4": unknown;
                    };
                };
                /** @description a range of it */
                206: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description it has not changed */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description it is not there, or not yours to see */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description the range lies outside of it: range_not_satisfiable */
                416: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description it is still being made: not_made_yet */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/videos/{id}/media/{plan}/{rendition}/{file}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A media segment. One that is not made yet is made first; the answer waits for it, at most 8 seconds. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description the video */
                    id: string;
                    /** @description as in hls_url */
                    plan: string;
                    /** @description as in the multivariant playlist */
                    rendition: string;
                    /** @description as in the media playlist */
                    file: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description the segment */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "video/iso.segment": unknown;
                    };
                };
                /** @description a range of it */
                206: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description it has not changed */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description it is not there, or not yours to see */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description the range lies outside of it: range_not_satisfiable */
                416: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description it is still being made: not_made_yet */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/videos/{id}/poster": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Chooses the poster. It is taken in a moment; until then the one before is shown. */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description the video */
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["PosterChoice"];
                };
            };
            responses: {
                /** @description the video as it is now */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Video"];
                    };
                };
                /** @description nobody is signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description there is no such video of yours */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description the film has no such instant, or is not probed yet */
                422: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/videos/{id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Tries a failed video again, from the file that was uploaded. Of one that plays, what one of its warnings says can be
         *     tried again (captions, thumbnails, poster) is made again, and the warning is gone.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description the video */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description it is tried again */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description nobody is signed in */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description there is no such video of yours */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
                /** @description neither it nor anything beside it has failed: not_failed */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/videos/{id}/views": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Counts a view; a viewer counts once a day. */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description the video */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description counted, now or earlier today */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description it is not there, or not yours to see */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/gateway/videos/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether everyone may see a video: then, and only then, a cache may answer for it. For nginx' `auth_request`, which takes
         *     403 for a "no"; a video that is not there and one that is hidden get the same answer, so that it tells a stranger no more
         *     than the list of videos does.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description the video */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description everyone may see it */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description there is no such video, or not everyone may see it */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The process is alive. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description it is alive */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Measures in Prometheus' text form. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description the measures */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/plain": unknown;
                    };
                };
                /** @description not for this address: see metrics_allow */
                404: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The process can serve; says which part is not there. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description all parts are there */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Readiness"];
                    };
                };
                /** @description a part is not there */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Readiness"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description A last look before everything goes. */
        AccountDeletion: {
            /** @description The current password. */
            password: string;
        };
        /** @description An account, for administrators. */
        AdminUser: {
            /** @description Whether it is blocked: it can't be used, and its videos are out of sight. */
            blocked: boolean;
            /**
             * Format: date-time
             * @description When it was made.
             */
            created_at: string;
            /** @description The e-mail address. */
            email: string;
            /** @description The channel's address: `/c/{handle}`. */
            handle: string;
            /**
             * Format: uuid
             * @description Its id.
             */
            id: string;
            /**
             * Format: int64
             * @description What its videos may take together, in bytes; null: what the settings say.
             */
            quota_bytes?: number | null;
            /** @description What it may do. */
            role: components["schemas"]["Role"];
            /**
             * Format: int64
             * @description What they take.
             */
            used_bytes: number;
            /** @description The name as its owner writes it. */
            username: string;
            /**
             * Format: int64
             * @description How many there are.
             */
            video_count: number;
        };
        /** @description What to change; what is left out stays. */
        AdminUserChange: {
            /** @description Block or unblock. A blocked account is signed out everywhere, and its videos are out of sight. */
            blocked?: boolean | null;
            /**
             * Format: int64
             * @description What its videos may take, in bytes; null: what the settings say.
             */
            quota_bytes?: number | null;
            role?: components["schemas"]["Role"] | null;
        };
        /** @description A page of users. */
        AdminUserPage: {
            /** @description For the next page; null on the last. */
            next_cursor?: string | null;
            /** @description The newest first. */
            users: components["schemas"]["AdminUser"][];
        };
        /** @description A track of captions. */
        CaptionTrack: {
            /** @description Whether it is shown unless a viewer says otherwise; true for at most one. */
            default: boolean;
            /** @description Whether it holds only what everybody needs: signs, and words in another language. */
            forced: boolean;
            /** @description Whether it tells of sounds, too. */
            hearing_impaired: boolean;
            /** @description RFC 5646; null where the film does not say. */
            language: string | null;
            /** @description What the film calls it. Plain text. */
            title: string | null;
            /** @description WebVTT, below this server's address. */
            url: string;
        };
        /** @description A channel: an owner's public page. */
        Channel: {
            /** @description Its page is `/c/{handle}`. */
            handle: string;
            /** @description As its owner writes it. */
            name: string;
            /** @description Give it as `cursor` to get the next page; null on the last. */
            next_cursor: string | null;
            /** @description A page of its public videos, newest first. */
            videos: components["schemas"]["Video"][];
        };
        /** @description Whose video it is. */
        ChannelRef: {
            /** @description The channel's page is `/c/{handle}`. */
            handle: string;
            /** @description As its owner writes it. */
            name: string;
        };
        /** @description A chapter, in milliseconds of the film. */
        Chapter: {
            /**
             * Format: int64
             * @description Where it ends: where the next one begins.
             */
            end_ms: number;
            /**
             * Format: int64
             * @description Where it begins.
             */
            start_ms: number;
            /** @description Plain text. */
            title: string;
        };
        /** @description Why a video can't be made. */
        Failure: {
            /** @description Stable. */
            code: string;
            /** @description A sentence for a person. */
            message: string;
        };
        /**
         * @description What is wrong with a part.
         * @enum {string}
         */
        Fault: "missing" | "too_short" | "too_large";
        /** @description A run of text that matched as a whole, or not at all. */
        Fragment: {
            /** @description To be emphasised. */
            matched: boolean;
            /** @description Plain text. */
            text: string;
        };
        /** @description A text in which something matched. */
        Highlight: {
            /** @description `title`, `tags`, `channel` or `description`. */
            field: string;
            /** @description Joined they are plain text, never markup. */
            fragments: components["schemas"]["Fragment"][];
        };
        /** @description An invitation. */
        Invitation: {
            /** @description What the guest enters when registering. Shown once, when it is made; null ever after. */
            code?: string | null;
            /**
             * Format: date-time
             * @description When it was made.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description Until when it is good.
             */
            expires_at: string;
            /**
             * Format: uuid
             * @description Its id.
             */
            id: string;
            /** @description Whom it is for. */
            note: string;
            /**
             * Format: date-time
             * @description When it was taken back.
             */
            revoked_at?: string | null;
            /**
             * Format: date-time
             * @description When that was.
             */
            used_at?: string | null;
            /** @description The user name of the account that was made with it. */
            used_by?: string | null;
        };
        /** @description A page of invitations. */
        InvitationList: {
            /** @description The newest first. */
            invitations: components["schemas"]["Invitation"][];
            /** @description For the next page; null on the last. */
            next_cursor?: string | null;
        };
        /** @description Links to PUT parts to. */
        Links: {
            /** @description One for each part that was asked for. */
            links: components["schemas"]["PartLink"][];
        };
        /** @description The parts that a client is going to send. */
        LinksWanted: {
            /** @description At most 100. */
            parts: components["schemas"]["PartWanted"][];
        };
        /** @description Who wants to sign in. */
        Login: {
            /**
             * @description User name or e-mail address, in any case.
             * @example ada
             */
            login: string;
            /** @description The password. */
            password: string;
        };
        /** @description Only for programs whose access token is out of date. */
        Logout: {
            /** @description The session's refresh token. */
            refresh_token?: string | null;
        };
        /** @description How loud a film is (ITU-R BS.1770-4, EBU R 128). */
        Loudness: {
            /**
             * Format: double
             * @description Integrated loudness in LUFS.
             */
            integrated_lufs: number;
            /**
             * Format: double
             * @description The largest value between samples, in decibels of full scale.
             */
            true_peak_dbfs: number;
        };
        /** @description An invitation to make. */
        NewInvitation: {
            /**
             * Format: int64
             * @description How long it is good, in seconds, up to a year; a week where it is left out.
             */
            expires_in_s?: number | null;
            /** @description Whom it is for; seen by administrators alone. */
            note?: string | null;
        };
        /** @description A password that an administrator chose. */
        NewPassword: {
            /** @description 8 to 256 characters. */
            password: string;
        };
        /** @description What a client says of the file it is going to bring. */
        NewUpload: {
            /** @description At most 5000 characters. */
            description?: string | null;
            /** @description For people: it decides nothing. */
            file_name: string;
            /** @description Who may see the video. */
            privacy: components["schemas"]["Privacy"];
            /**
             * Format: int64
             * @description The whole file, at least 1.
             */
            size_bytes: number;
            /** @description At most 20, each of at most 40 characters. */
            tags?: string[];
            /** @description 1 to 200 characters. */
            title: string;
            /** @description What the client takes the file for. Its content decides, not this. */
            type?: string | null;
        };
        /** @description A password that was made for someone. */
        OneTimePassword: {
            /** @description Shown once. Give it to its owner, and have them change it. */
            password: string;
        };
        /** @description A part of the platform. */
        Part: {
            /** @description `database`, `storage`, `search` or, where Kafka carries events, `events`. */
            name: string;
            /** @description Whether nothing can be served without it. Events wait for Kafka, searches for a service; all else goes on. */
            needed: boolean;
            /** @description Whether it answers as it should. */
            ready: boolean;
        };
        /** @description A part of an upload that does not count. */
        PartFault: {
            /** @description What is wrong with it. */
            fault: components["schemas"]["Fault"];
            /**
             * Format: int64
             * @description From 1.
             */
            number: number;
        };
        /** @description A link that takes exactly one content. */
        PartLink: {
            /**
             * Format: date-time
             * @description Ask for a new link after this.
             */
            expires_at: string;
            /** @description Send these headers with them, exactly so. */
            headers: {
                [key: string]: string;
            };
            /**
             * Format: int64
             * @description The part.
             */
            number: number;
            /** @description PUT the part's bytes to this address. */
            url: string;
        };
        /** @description A part and its content. */
        PartWanted: {
            /**
             * Format: int64
             * @description From 1.
             */
            number: number;
            /** @description Of the part's bytes: the link takes no others. */
            sha256_hex: string;
        };
        /** @description The old password and the new one. */
        PasswordChange: {
            /** @description What it is now. */
            current_password: string;
            /** @description 8 to 256 characters. */
            new_password: string;
        };
        /** @description Where the poster is taken. */
        PosterChoice: {
            /**
             * Format: int64
             * @description In milliseconds of the film, before its end; null has it chosen by itself again.
             */
            at_ms: number | null;
        };
        /**
         * @description Who may see a video.
         * @enum {string}
         */
        Privacy: "public" | "unlisted" | "private";
        /** @description The body of every failed answer (RFC 9457). */
        Problem: {
            /** @description Stable; programs decide by it. All are listed in `schema/errors.json`. */
            code: string;
            /** @description What happened here and what to do about it, for a person. */
            detail: string;
            /** @description The field of the request that is at fault, where it is one. */
            field?: string | null;
            /** @description The parts of an upload that are at fault, by number, where some are. */
            parts?: components["schemas"]["PartFault"][];
            /** @description Names this request in the server's log. */
            request_id: string;
            /**
             * Format: int32
             * @description The HTTP status.
             */
            status: number;
            /** @description What the code means, the same for every occurrence. */
            title: string;
            /**
             * @description Where the code is explained.
             * @example /api/docs#error-video_not_found
             */
            type: string;
        };
        /** @description Which parts can serve. */
        Readiness: {
            /** @description Each part. */
            parts: components["schemas"]["Part"][];
            /** @description Whether all of them can. */
            ready: boolean;
        };
        /** @description The token to exchange; left out where it is in the cookie. */
        Refresh: {
            /** @description From the last answer of register, login or refresh. Each is good once: one that comes back ends its session. */
            refresh_token?: string | null;
        };
        /** @description A new account. */
        Registration: {
            /**
             * @description Unique whatever its case.
             * @example ada@example.org
             */
            email: string;
            /** @description The code of an invitation, where one is needed. */
            invitation?: string | null;
            /** @description 8 to 256 characters. */
            password: string;
            /**
             * @description 3 to 30 letters a to z, digits, and `. _ -` between them; unique whatever its case.
             * @example ada
             */
            username: string;
        };
        /**
         * @description Who may register.
         * @enum {string}
         */
        RegistrationMode: "open" | "invite" | "closed";
        /**
         * @description What an account may do: the schema of the domain's own enum, which knows no OpenAPI.
         * @enum {string}
         */
        Role: "member" | "admin";
        /** @description A video that matches. */
        SearchHit: {
            /** @description Where it matches. */
            highlights: components["schemas"]["Highlight"][];
            /** @description The video. */
            video: components["schemas"]["Video"];
        };
        /** @description A page of hits. */
        SearchPage: {
            /** @description Best first. */
            hits: components["schemas"]["SearchHit"][];
            /** @description Give it as `cursor` to get the next page; null on the last. */
            next_cursor: string | null;
        };
        /** @description What anyone may know. */
        ServerConfig: {
            /** @description Nobody has an account yet: whoever registers first is the administrator, whatever `registration` says. */
            first_account: boolean;
            /** @description What is sent here can be read on its way: not TLS, and not within this machine. */
            insecure_transport: boolean;
            /**
             * Format: int64
             * @description The largest file that may be uploaded, in bytes.
             */
            max_upload_bytes: number;
            /** @description The name of the platform. */
            name: string;
            registration: components["schemas"]["RegistrationMode"];
        };
        /** @description A signed-in device. */
        Session: {
            /** @description Where it signed in from. */
            address: string;
            /**
             * Format: date-time
             * @description When it signed in.
             */
            created_at: string;
            /** @description Whether it is this device. */
            current: boolean;
            /**
             * Format: date-time
             * @description When it is signed out if it is not used.
             */
            expires_at: string;
            /**
             * Format: uuid
             * @description Its id.
             */
            id: string;
            /**
             * Format: date-time
             * @description When it was last seen, give or take the lifetime of an access token.
             */
            last_used_at: string;
            /** @description What the device calls itself. */
            user_agent: string;
        };
        /** @description All devices. */
        SessionList: {
            /** @description The last used first. */
            sessions: components["schemas"]["Session"][];
        };
        /** @description The answer to register, login and refresh. */
        SignedIn: {
            /** @description Goes into the header `Authorization: Bearer ..`. Null where the session travels as cookies. */
            access_token?: string | null;
            /**
             * Format: int64
             * @description How long the access token is good, in seconds.
             */
            expires_in_s: number;
            /** @description Good for one exchange at `auth/refresh`. Null where the session travels as cookies. */
            refresh_token?: string | null;
            /** @description Who signed in. */
            user: components["schemas"]["User"];
        };
        /** @description One line of suggestions. */
        Suggestion: {
            /** @description Plain text. */
            text: string;
        };
        /** @description What a person may want to search for. */
        Suggestions: {
            /** @description Best first. */
            suggestions: components["schemas"]["Suggestion"][];
        };
        /** @description An upload with the parts that are there. */
        Upload: {
            /**
             * Format: date-time
             * @description Given up after this; every part moves it on.
             */
            expires_at: string;
            /** @description As the client named it. */
            file_name: string;
            /** @description The upload. */
            id: string;
            /**
             * Format: int64
             * @description How many parts, numbered from 1.
             */
            part_count: number;
            /**
             * Format: int64
             * @description Every part but the last.
             */
            part_size_bytes: number;
            /** @description The parts that are there, by number. All others are still to be sent. */
            parts: components["schemas"]["UploadedPart"][];
            /**
             * Format: int64
             * @description The whole file.
             */
            size_bytes: number;
            /** @description The video that it brings. */
            video_id: string;
        };
        /** @description The upload is complete. */
        UploadComplete: {
            /** @description The video that it brought. */
            video_id: string;
        };
        /** @description An upload that has begun. */
        UploadCreated: {
            /**
             * Format: date-time
             * @description Given up after this; every part moves it on.
             */
            expires_at: string;
            /** @description The upload. */
            id: string;
            /**
             * Format: int64
             * @description How many parts that are, numbered from 1.
             */
            part_count: number;
            /**
             * Format: int64
             * @description Cut the file into parts of this length; the last one is what is left.
             */
            part_size_bytes: number;
            /** @description The video that it brings; its state can be asked from now on. */
            video_id: string;
        };
        /** @description A part that is there. */
        UploadedPart: {
            /**
             * Format: int64
             * @description From 1.
             */
            number: number;
            /** @description Of its content. */
            sha256_hex: string;
            /**
             * Format: int64
             * @description Its length.
             */
            size_bytes: number;
        };
        /** @description An account, for its owner. */
        User: {
            /**
             * Format: date-time
             * @description When it was made.
             */
            created_at: string;
            /** @description The e-mail address. */
            email: string;
            /** @description The channel's address: `/c/{handle}`. */
            handle: string;
            /**
             * Format: uuid
             * @description Its id.
             */
            id: string;
            /**
             * Format: int64
             * @description What its videos may take together, in bytes.
             */
            quota_bytes: number;
            /** @description What it may do. */
            role: components["schemas"]["Role"];
            /**
             * Format: int64
             * @description What they take.
             */
            used_bytes: number;
            /** @description The name as its owner writes it. */
            username: string;
        };
        /** @description A video. */
        Video: {
            /** @description Of the film itself, in its order; lists carry none. */
            captions: components["schemas"]["CaptionTrack"][];
            /** @description Whose it is. */
            channel: components["schemas"]["ChannelRef"];
            /** @description In order; lists carry none. */
            chapters: components["schemas"]["Chapter"][];
            /** @description The chapters as WebVTT, below this server's address; null where there are none, and in lists. */
            chapters_url: string | null;
            /**
             * Format: date-time
             * @description When its upload began.
             */
            created_at: string;
            /** @description Plain text, may be empty. */
            description: string;
            /**
             * Format: int64
             * @description The film's length; null before it was probed.
             */
            duration_ms: number | null;
            failure: components["schemas"]["Failure"] | null;
            /** @description The multivariant playlist (RFC 8216), below this server's address; plays as soon as it is not null. */
            hls_url: string | null;
            /** @description Its id. */
            id: string;
            loudness: components["schemas"]["Loudness"] | null;
            /**
             * Format: int64
             * @description The poster's instant in the film, where its owner chose it; for its owner alone.
             */
            poster_at_ms: number | null;
            /** @description A JPEG, below this server's address. */
            poster_url: string | null;
            /** @description Who may see it. */
            privacy: components["schemas"]["Privacy"];
            /**
             * Format: double
             * @description The share of its segments that are made, 0 to 1; null before there is a plan.
             */
            progress: number | null;
            /**
             * Format: date-time
             * @description When it first could be watched.
             */
            published_at: string | null;
            /** @description Where scenes begin: `{"cuts_ms":[..]}`; null as storyboard_url. */
            scenes_url: string | null;
            /** @description Whether it is sound alone, whose poster stays where pictures would be; false in lists. */
            sound_only: boolean;
            /** @description How far it is. */
            state: components["schemas"]["VideoState"];
            /**
             * @description Thumbnails for the seek bar: WebVTT whose cues name parts of pictures beside it (`storyboard-0.jpg#xywh=0,0,160,90`),
             *     below this server's address; null until all of the film is made.
             */
            storyboard_url: string | null;
            /** @description In the owner's order. */
            tags: string[];
            /** @description 1 to 200 characters of plain text. */
            title: string;
            /**
             * Format: int64
             * @description Viewers, each counted once a day.
             */
            views: number;
            /** @description For its owner alone: in a video by itself, and in one's own list. */
            warnings: components["schemas"]["Warning"][];
        };
        /** @description What to change; what is left out, or null, stays as it is. */
        VideoChange: {
            /** @description At most 5000 characters. */
            description?: string | null;
            privacy?: components["schemas"]["Privacy"] | null;
            /** @description All tags; at most 20, each of at most 40 characters. */
            tags?: string[] | null;
            /** @description 1 to 200 characters. */
            title?: string | null;
        };
        /** @description A page of videos. */
        VideoPage: {
            /** @description Give it as `cursor` to get the next page; null on the last. */
            next_cursor: string | null;
            /** @description In the list's order. */
            videos: components["schemas"]["Video"][];
        };
        /**
         * @description How far a video is.
         * @enum {string}
         */
        VideoState: "uploading" | "queued" | "processing" | "ready" | "failed";
        /** @description Something its owner should know about a video that plays all the same. */
        Warning: {
            /**
             * Format: int64
             * @description Where in the film; null for the whole of it.
             */
            at_ms: number | null;
            /** @description Whether it says that something is missing which `POST videos/{id}/retry` has made again. */
            can_be_retried: boolean;
            /** @description Stable. */
            code: string;
            /** @description A sentence for a person. */
            message: string;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
