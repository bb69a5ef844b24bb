//! The one authorisation function: every list, page, playlist and byte of a video asks it.

use crate::{id::UserId, video::Privacy};

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Viewer {
    /// Nobody we know.
    Anonymous,
    /// Someone signed in.
    User(UserId),
    /// An administrator.
    Administrator(UserId),
}

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// See it at its own address.
    Watch,
    /// Find it in a list or by search.
    List,
    /// Change or delete it, see its failures.
    Manage,
}

/// What a video says about itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Guarded {
    /// Its owner.
    pub owner_id: UserId,
    /// Who may see it.
    pub privacy: Privacy,
    /// Its owner was blocked by an administrator: it is out of sight for everyone else.
    pub owner_blocked: bool,
}

/// Whether `viewer` has `access` to the video. A "no" is told to the caller as "not there".
pub fn allows(viewer: Viewer, access: Access, video: Guarded) -> bool {
    let owns = match viewer {
        Viewer::Administrator(_) => true,
        Viewer::User(user) => user == video.owner_id && !video.owner_blocked,
        Viewer::Anonymous => false,
    };
    match access {
        Access::Manage => owns,
        Access::Watch => owns || (!video.owner_blocked && matches!(video.privacy, Privacy::Public | Privacy::Unlisted)),
        Access::List => !video.owner_blocked && video.privacy == Privacy::Public,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guarded(owner_id: UserId, privacy: Privacy) -> Guarded {
        Guarded { owner_id, privacy, owner_blocked: false }
    }

    #[test]
    fn private_videos_are_for_their_owner_and_administrators() {
        let (owner, other) = (UserId::new(), UserId::new());
        let video = guarded(owner, Privacy::Private);
        assert!(allows(Viewer::User(owner), Access::Watch, video));
        assert!(allows(Viewer::Administrator(other), Access::Watch, video));
        assert!(!allows(Viewer::User(other), Access::Watch, video));
        assert!(!allows(Viewer::Anonymous, Access::Watch, video));
        assert!(!allows(Viewer::User(owner), Access::List, video));
    }

    #[test]
    fn unlisted_videos_can_be_watched_but_not_found() {
        let video = guarded(UserId::new(), Privacy::Unlisted);
        assert!(allows(Viewer::Anonymous, Access::Watch, video));
        assert!(!allows(Viewer::Anonymous, Access::List, video));
    }

    #[test]
    fn nobody_but_owner_and_administrator_manages() {
        let (owner, other) = (UserId::new(), UserId::new());
        let video = guarded(owner, Privacy::Public);
        assert!(allows(Viewer::User(owner), Access::Manage, video));
        assert!(!allows(Viewer::User(other), Access::Manage, video));
        assert!(!allows(Viewer::Anonymous, Access::Manage, video));
    }

    #[test]
    fn a_blocked_owner_takes_their_videos_out_of_sight() {
        let owner = UserId::new();
        let video = Guarded { owner_blocked: true, ..guarded(owner, Privacy::Public) };
        assert!(!allows(Viewer::Anonymous, Access::Watch, video));
        assert!(!allows(Viewer::Anonymous, Access::List, video));
        assert!(!allows(Viewer::User(owner), Access::Manage, video));
        assert!(allows(Viewer::Administrator(UserId::new()), Access::Manage, video));
    }
}
