// The journeys in their order: each begins where the one before it ended. Without an essential one none of the others can be made.
import { register, refuseWrongPassword } from "./account.mjs";
import { refuseEmptyFile, refusePlaylist, refuseText, surviveTruncated } from "./bad-input.mjs";
import { deleteFilm, hideFilm } from "./owner.mjs";
import { everyPageLooksRight } from "./looks.mjs";
import { findFilm } from "./search.mjs";
import { changePasswordAndSignIn } from "./settings.mjs";
import { resumeAfterReload, uploadFilm } from "./upload.mjs";
import { watchAtTwoQualities } from "./watch.mjs";

export const journeys = [
  { name: "a person registers", play: register, essential: true },
  { name: "a wrong password is refused with a sentence", play: refuseWrongPassword },
  { name: "a film is uploaded, its making is shown, and it opens", play: uploadFilm, essential: true },
  { name: "the film plays on at two qualities, by keys, and counts a view", play: watchAtTwoQualities },
  { name: "the film is found by search and by suggestion", play: findFilm },
  { name: "an interrupted upload goes on after a reload", play: resumeAfterReload },
  { name: "an empty file is refused with a sentence of its own", play: refuseEmptyFile },
  { name: "a text named .mp4 is refused with a sentence of its own", play: refuseText },
  { name: "a playlist named .mp4 is refused with a sentence of its own", play: refusePlaylist },
  { name: "a truncated film gives a sentence or a film, and the site goes on", play: surviveTruncated },
  { name: "every page is in order, light and dark, phone and desktop", play: everyPageLooksRight },
  { name: "a film made private is gone for strangers", play: hideFilm },
  { name: "a changed password is the one to sign in with", play: changePasswordAndSignIn },
  { name: "a deleted film is gone", play: deleteFilm },
];
