// Starts the design system's own behaviour on every page. A page is whole
// without it; this adds comfort.

import {
  createAll,
  Button,
  CharacterCount,
  Checkboxes,
  ErrorSummary,
  NotificationBanner,
  Radios,
  Scroll,
  SkipLink,
} from "nhsuk-frontend";

const components = [
  Button,
  CharacterCount,
  Checkboxes,
  ErrorSummary,
  NotificationBanner,
  Radios,
  Scroll,
  SkipLink,
];

for (const component of components) {
  createAll(component);
}
