// The journeys in their order, each on what those before have left. Without an essential one none of the others can be
// made; `after` names what a journey needs besides.
import { inviteSomeone, limitAndBlock, removeAnyFilm, retryFailed } from "./admin.mjs";
import { register, refuseWrongPassword } from "./account.mjs";
import { refuseEmptyFile, refusePlaylist, refuseText, surviveTruncated } from "./bad-input.mjs";
import { readCaptions, readChapters } from "./captions.mjs";
import { deleteFilm, hideFilm } from "./owner.mjs";
import { everyPageLooksRight } from "./looks.mjs";
import { findFilm } from "./search.mjs";
import { changePasswordAndSignIn, deleteAccount, signOutEverywhere } from "./settings.mjs";
import { dropSeveral, pauseUpload, resumeAfterReload, uploadFilm, uploadSound, watchWhileMade } from "./upload.mjs";
import { seeTheFilmFirst, seeThumbnailsAndChooseThePoster, watchAtTwoQualities } from "./watch.mjs";

export const journeys = [
  { name: "a person registers", play: register, essential: true },
  { name: "a wrong password is refused with a sentence", play: refuseWrongPassword },
  { name: "a film is uploaded, its making is shown, and it opens", play: uploadFilm, essential: true },
  { name: "the film plays on at two qualities, by keys, and counts a view", play: watchAtTwoQualities },
  { name: "the film is shown before the rest of its page", play: seeTheFilmFirst },
  { name: "captions are shown by a key and by the menu", play: readCaptions },
  { name: "chapters are marked on the time range, and lead into the film", play: readChapters },
  { name: "the seek bar shows thumbnails, and the owner chooses the poster", play: seeThumbnailsAndChooseThePoster },
  { name: "the film is found by search and by suggestion", play: findFilm },
  { name: "an interrupted upload goes on after a reload", play: resumeAfterReload },
  { name: "an empty file is refused with a sentence of its own", play: refuseEmptyFile },
  { name: "a text named .mp4 is refused with a sentence of its own", play: refuseText },
  { name: "a playlist named .mp4 is refused with a sentence of its own", play: refusePlaylist },
  { name: "a truncated film gives a sentence or a film, and the site goes on", play: surviveTruncated },
  { name: "sound alone plays with a picture of its own", play: uploadSound },
  { name: "a film plays while it is still being made", play: watchWhileMade },
  { name: "an administrator sees why films failed, and has one tried again", play: retryFailed },
  { name: "an invitation makes one account, another is taken back", play: inviteSomeone },
  { name: "an account gets less room, a new password, and is blocked for a while", play: limitAndBlock, after: inviteSomeone },
  { name: "several films are dropped and uploaded", play: dropSeveral, after: inviteSomeone },
  { name: "an upload is paused, and goes on", play: pauseUpload, after: inviteSomeone },
  { name: "an administrator deletes anybody's film", play: removeAnyFilm, after: dropSeveral },
  { name: "a person signs out everywhere else", play: signOutEverywhere, after: inviteSomeone },
  { name: "a person deletes their account, and its films with it", play: deleteAccount, after: dropSeveral },
  { name: "every page is in order, light and dark, phone and desktop", play: everyPageLooksRight },
  { name: "a film made private is gone for strangers", play: hideFilm },
  { name: "a changed password is the one to sign in with", play: changePasswordAndSignIn },
  { name: "a deleted film is gone", play: deleteFilm },
];
