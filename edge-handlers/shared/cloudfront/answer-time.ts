import { MAX_VIEWER_REQUEST_TIME } from "../../../cloudfront/limits";

/** Milliseconds for a request, so that its answer is out before Lambda ends the invocation. */
export const ANSWER_TIME = MAX_VIEWER_REQUEST_TIME - 500;
