/** Every mistake that one can make in a config: one file a topic. */
import type { Mistake } from "../small-config";
import { ACCESS_DENIED_MISTAKES } from "./access-denied";
import { API_MISTAKES } from "./api";
import { ATTACH_MISTAKES } from "./attach";
import { AUDIT_MISTAKES } from "./audit";
import { BEHAVIOR_MISTAKES } from "./behaviors";
import { CLIENT_AUTHENTICATION_MISTAKES } from "./client-authentication";
import { COGNITO_MISTAKES } from "./cognito";
import { DEPLOYMENT_MISTAKES } from "./deployment";
import { ENTRA_MISTAKES } from "./entra";
import { EVENT_TRANSMITTER_MISTAKES } from "./event-transmitters";
import { HOST_MISTAKES } from "./hosts";
import { IDENTITY_HEADER_MISTAKES } from "./identity-headers";
import { IDENTITY_PROVIDER_MISTAKES } from "./identity-providers";
import { MAINTENANCE_MISTAKES } from "./maintenance";
import { ORIGIN_MISTAKES } from "./origins";
import { POLICY_MISTAKES } from "./policy";
import { POLICY_TEST_MISTAKES } from "./policy-tests";
import { REQUIREMENT_MISTAKES } from "./requirements";
import { RESOURCE_METADATA_MISTAKES } from "./resource-metadata";
import { SERVICE_TOKEN_MISTAKES } from "./service-tokens";
import { SESSION_MISTAKES } from "./sessions";
import { SIGN_IN_HOOK_MISTAKES } from "./sign-in-hook";
import { THEME_MISTAKES } from "./theme";
import { WEB_ACL_MISTAKES } from "./web-acl";

export const MISTAKES: Mistake[] = [
  ...SERVICE_TOKEN_MISTAKES,
  ...HOST_MISTAKES,
  ...DEPLOYMENT_MISTAKES,
  ...AUDIT_MISTAKES,
  ...IDENTITY_PROVIDER_MISTAKES,
  ...CLIENT_AUTHENTICATION_MISTAKES,
  ...ENTRA_MISTAKES,
  ...COGNITO_MISTAKES,
  ...EVENT_TRANSMITTER_MISTAKES,
  ...SESSION_MISTAKES,
  ...IDENTITY_HEADER_MISTAKES,
  ...SIGN_IN_HOOK_MISTAKES,
  ...ORIGIN_MISTAKES,
  ...BEHAVIOR_MISTAKES,
  ...API_MISTAKES,
  ...RESOURCE_METADATA_MISTAKES,
  ...ATTACH_MISTAKES,
  ...WEB_ACL_MISTAKES,
  ...POLICY_MISTAKES,
  ...REQUIREMENT_MISTAKES,
  ...POLICY_TEST_MISTAKES,
  ...ACCESS_DENIED_MISTAKES,
  ...MAINTENANCE_MISTAKES,
  ...THEME_MISTAKES,
];
