// Chooses who may watch a video, with a sentence that says what the choice means.
import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/input";
import { privacyHints, privacyNames } from "@/lib/video";
import type { Privacy } from "@/types/api-types";

interface PrivacySelectProps {
  value: Privacy;
  onChange: (value: Privacy) => void;
  disabled?: boolean;
}

export function PrivacySelect({ value, onChange, disabled }: PrivacySelectProps) {
  return (
    <Field label="Who can watch" hint={privacyHints[value]}>
      {(control) => (
        <Select
          {...control}
          value={value}
          disabled={disabled}
          onChange={(event) => onChange(event.target.value as Privacy)}
        >
          {(Object.keys(privacyNames) as Privacy[]).map((privacy) => (
            <option key={privacy} value={privacy}>
              {privacyNames[privacy]}
            </option>
          ))}
        </Select>
      )}
    </Field>
  );
}
