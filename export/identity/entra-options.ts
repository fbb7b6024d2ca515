/** The options of an app that are variables of its module and that the stack only passes on. */
import { entraAppSchema } from "../../config/entra-app";
import { GUID } from "../../config/fields";
import type { ModuleOption } from "../options";
import { re2 } from "../variables";

const { shape } = entraAppSchema;
const [federated] = shape.credential.options;
const conditionalAccess = shape.conditionalAccess.unwrap().shape;
const exclude = conditionalAccess.exclude.unwrap().shape;

export const isId = (value: string) => `can(regex("${re2(GUID)}", ${value}))`;
export const areIds = (value: string) => `alltrue([for id in ${value} : ${isId("id")}])`;

/** The schema trims and then counts. */
const isLine = (max: number) => (value: string) => `trimspace(${value}) != "" && length(${value}) <= ${max}`;

export const ENTRA_OPTIONS: readonly ModuleOption[] = [
  {
    path: "app.displayName",
    field: shape.displayName,
    condition: isLine(120),
    description: "The name that people see when they sign in and in My Apps.",
  },
  {
    path: "app.credential.issuer",
    required: true,
    field: federated.shape.issuer,
    description: "The token issuer of the AWS account.",
  },
  {
    path: "app.credential.subject",
    required: true,
    field: federated.shape.subject,
    description: "The ARN of the auth handler's role.",
  },
  {
    path: "app.apiScope",
    field: shape.apiScope,
    description: "The scope with which programs ask for access tokens.",
  },
  {
    path: "app.notes",
    field: shape.notes,
    condition: isLine(1_024),
    description: "A note for whoever finds the app in the tenant.",
  },
  {
    path: "app.conditionalAccess.mfa",
    field: conditionalAccess.mfa,
    description: "`report-only` records what `enforced` would do.",
  },
  ...(["groups", "users"] as const).map((key) => ({
    path: `app.conditionalAccess.exclude.${key}`,
    field: exclude[key],
    conditions: [{ holds: areIds, wrong: ["x"] }],
    description: `Emergency access accounts, who must not be locked out: object IDs of ${key}.`,
  })),
];
