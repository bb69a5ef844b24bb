//! Lists of videos: what everyone may find, what is one's own, what a channel shows, what failed.

use axum::extract::State;
use mutoscope_core::{
    db::videos::{self, Listing, Place, Sort},
    id::VideoId,
    privacy::{Access, Viewer, allows},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    app::App,
    error::{ApiError, ApiResult, Code, Problem},
    extract::{Administrator, ApiJson, ApiQuery, CurrentUser, MaybeUser, PageQuery, Paging},
    reads::Seen,
    view::{Video, VideoPage},
};

/// Where a list goes on, and which list that is: a cursor of one list is none of another.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListCursor {
    list: ListName,
    key: i64,
    id: VideoId,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum ListName {
    Newest,
    Views,
    Channel,
    Mine,
    Failed,
    All,
}

/// The order of the public list.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// Latest publication first.
    #[default]
    Newest,
    /// Most watched first.
    Views,
}

/// How to order the public list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OrderQuery {
    /// `newest` where it is left out.
    #[serde(default)]
    #[param(inline)]
    sort: Order,
}

/// Which videos an administrator asks for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct StateQuery {
    /// `failed`; all videos where it is left out.
    #[param(inline)]
    state: Option<WantedState>,
}

/// The only state that can be asked for.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WantedState {
    /// Those that can't be made.
    Failed,
}

/// What everyone may find: public videos that can be watched.
#[utoipa::path(
    get, path = "/videos", tag = "videos", params(PageQuery, OrderQuery),
    responses(
        (status = 200, description = "a page", body = VideoPage),
        (status = 400, description = "the cursor is not of this list: invalid_cursor", body = Problem),
        (status = 422, description = "limit or sort is not acceptable", body = Problem),
    )
)]
pub async fn list(
    State(app): State<App>,
    asking: MaybeUser,
    seen: Seen,
    ApiQuery(order): ApiQuery<OrderQuery>,
    paging: Paging<ListCursor>,
) -> ApiResult<ApiJson<VideoPage>> {
    let sort = match order.sort {
        Order::Newest => Sort::Newest,
        Order::Views => Sort::Views,
    };
    page(&app, asking.viewer, seen, Listing::Public(sort), &paging).await.map(ApiJson)
}

/// One's own videos, in every state.
#[utoipa::path(
    get, path = "/me/videos", tag = "videos", params(PageQuery),
    responses(
        (status = 200, description = "a page, newest upload first", body = VideoPage),
        (status = 400, description = "the cursor is not of this list: invalid_cursor", body = Problem),
        (status = 401, description = "nobody is signed in", body = Problem),
    )
)]
pub async fn mine(
    State(app): State<App>,
    user: CurrentUser,
    paging: Paging<ListCursor>,
) -> ApiResult<ApiJson<VideoPage>> {
    let mut page = page(&app, user.viewer(), Seen::Unknown, Listing::Mine(user.user_id), &paging).await?;
    let ids: Vec<_> = page.videos.iter().map(|video| video.id).collect();
    let mut warnings = videos::warnings_of(&app.db, &ids).await?;
    let with_warnings = |video: Video| {
        let told = warnings.remove(&video.id).unwrap_or_default();
        video.with_warnings(told)
    };
    page.videos = page.videos.into_iter().map(with_warnings).collect();
    Ok(ApiJson(page))
}

/// Anyone's videos, for administrators.
#[utoipa::path(
    get, path = "/admin/videos", tag = "administration", params(PageQuery, StateQuery),
    responses(
        (status = 200, description = "a page", body = VideoPage),
        (status = 400, description = "the cursor is not of this list: invalid_cursor", body = Problem),
        (status = 401, description = "nobody is signed in", body = Problem),
        (status = 403, description = "only administrators may do this", body = Problem),
    )
)]
pub async fn administrators(
    State(app): State<App>,
    Administrator(user): Administrator,
    ApiQuery(wanted): ApiQuery<StateQuery>,
    paging: Paging<ListCursor>,
) -> ApiResult<ApiJson<VideoPage>> {
    let listing = match wanted.state {
        Some(WantedState::Failed) => Listing::Failed,
        None => Listing::All,
    };
    page(&app, user.viewer(), Seen::Unknown, listing, &paging).await.map(ApiJson)
}

/// A page of a list, as `viewer` may see it, and not older than what they have `seen`.
pub async fn page(
    app: &App,
    viewer: Viewer,
    seen: Seen,
    listing: Listing,
    paging: &Paging<ListCursor>,
) -> ApiResult<VideoPage> {
    let name = name_of(listing);
    let after = match &paging.after {
        Some(cursor) if cursor.list != name => {
            let detail = "this cursor belongs to another list; ask for the first page again";
            return Err(ApiError::new(Code::InvalidCursor, detail).with_field("cursor"));
        }
        Some(cursor) => Some(Place { key: cursor.key, id: cursor.id }),
        None => None,
    };
    let access = match listing {
        Listing::Public(_) | Listing::Channel(_) => Access::List,
        Listing::Mine(_) | Listing::Failed | Listing::All => Access::Manage,
    };
    let limit = paging.fetch_limit();
    let mut rows = app.may_lag(seen, |db| async move { videos::list(&db, listing, after, limit).await }).await?;
    let next_cursor = paging.cut(&mut rows, |video| {
        let place = listing.place_of(video);
        ListCursor { list: name, key: place.key, id: place.id }
    });
    let videos = rows
        .into_iter()
        .filter(|video| allows(viewer, access, video.guarded()))
        .map(|video| Video::new(video, viewer))
        .collect();
    Ok(VideoPage { videos, next_cursor })
}

fn name_of(listing: Listing) -> ListName {
    match listing {
        Listing::Public(Sort::Newest) => ListName::Newest,
        Listing::Public(Sort::Views) => ListName::Views,
        Listing::Channel(_) => ListName::Channel,
        Listing::Mine(_) => ListName::Mine,
        Listing::Failed => ListName::Failed,
        Listing::All => ListName::All,
    }
}
