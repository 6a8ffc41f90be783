/**
 * Who may do what: {@link dev.mekiki.service.access.AccessControl} knows callers by their API keys and tokens, and
 * {@link dev.mekiki.service.access.Caller} what each may do with which gallery. It knows nothing of gRPC.
 */
@NullMarked
package dev.mekiki.service.access;

import org.jspecify.annotations.NullMarked;
