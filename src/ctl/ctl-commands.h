/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The commands, each in the file of its group. */

#pragma once

#include "ctl.h"

G_BEGIN_DECLS

CtlStatus ctl_runbook_show (Ctl *ctl, char **arguments);
CtlStatus ctl_runbook_source (Ctl *ctl, char **arguments);
CtlStatus ctl_runbook_check (Ctl *ctl, char **arguments);
CtlStatus ctl_runbook_compare (Ctl *ctl, char **arguments);
CtlStatus ctl_runbook_overrule (Ctl *ctl, char **arguments);
CtlStatus ctl_runbook_add (Ctl *ctl, char **arguments);
CtlStatus ctl_runbook_secrets (Ctl *ctl, char **arguments);
CtlStatus ctl_runbook_list (Ctl *ctl, char **arguments);

/* The target of this name; NOT_FOUND. */
CsTarget *ctl_find_target (Ctl *ctl, const char *name, GError **error);
CtlStatus ctl_target_add (Ctl *ctl, char **arguments);
CtlStatus ctl_target_change (Ctl *ctl, char **arguments);
CtlStatus ctl_target_list (Ctl *ctl, char **arguments);
CtlStatus ctl_target_show (Ctl *ctl, char **arguments);
CtlStatus ctl_target_reset (Ctl *ctl, char **arguments);
CtlStatus ctl_target_test (Ctl *ctl, char **arguments);
CtlStatus ctl_target_token (Ctl *ctl, char **arguments);
CtlStatus ctl_target_trust (Ctl *ctl, char **arguments);
CtlStatus ctl_target_remove (Ctl *ctl, char **arguments);

/* Says in words whether a target can be reached. */
CtlStatus ctl_target_try (Ctl *ctl, CsTarget *target, const char *name);

CtlStatus ctl_deploy_start (Ctl *ctl, char **arguments);
CtlStatus ctl_deploy_list (Ctl *ctl, char **arguments);
CtlStatus ctl_deploy_show (Ctl *ctl, char **arguments);
CtlStatus ctl_deploy_log (Ctl *ctl, char **arguments);
CtlStatus ctl_deploy_report (Ctl *ctl, char **arguments);
CtlStatus ctl_deploy_set (Ctl *ctl, char **arguments);
CtlStatus ctl_deploy_run (Ctl *ctl, char **arguments);
CtlStatus ctl_deploy_recover (Ctl *ctl, char **arguments);
CtlStatus ctl_deploy_check (Ctl *ctl, char **arguments);
CtlStatus ctl_deploy_judge (Ctl *ctl, char **arguments);
CtlStatus ctl_deploy_accept (Ctl *ctl, char **arguments);
CtlStatus ctl_deploy_resolve (Ctl *ctl, char **arguments);
CtlStatus ctl_deploy_decide (Ctl *ctl, char **arguments);
CtlStatus ctl_deploy_capture (Ctl *ctl, char **arguments);
CtlStatus ctl_deploy_lock (Ctl *ctl, char **arguments);
CtlStatus ctl_deploy_unlock (Ctl *ctl, char **arguments);
CtlStatus ctl_deploy_pause (Ctl *ctl, char **arguments);
CtlStatus ctl_deploy_resume (Ctl *ctl, char **arguments);
CtlStatus ctl_deploy_skip (Ctl *ctl, char **arguments);
CtlStatus ctl_deploy_note (Ctl *ctl, char **arguments);
CtlStatus ctl_deploy_choose (Ctl *ctl, char **arguments);
CtlStatus ctl_deploy_confirm (Ctl *ctl, char **arguments);
CtlStatus ctl_deploy_rollback (Ctl *ctl, char **arguments);
CtlStatus ctl_deploy_follow_ups (Ctl *ctl, char **arguments);
CtlStatus ctl_deploy_follow_up (Ctl *ctl, char **arguments);
CtlStatus ctl_deploy_close (Ctl *ctl, char **arguments);
CtlStatus ctl_deploy_sign (Ctl *ctl, char **arguments);
CtlStatus ctl_deploy_withdraw (Ctl *ctl, char **arguments);
CtlStatus ctl_deploy_overrule (Ctl *ctl, char **arguments);
CtlStatus ctl_deploy_override (Ctl *ctl, char **arguments);

CtlStatus ctl_watch_probe (Ctl *ctl, char **arguments);
CtlStatus ctl_watch_suggest (Ctl *ctl, char **arguments);
CtlStatus ctl_watch_threshold (Ctl *ctl, char **arguments);
CtlStatus ctl_watch_remove (Ctl *ctl, char **arguments);
CtlStatus ctl_watch_consent (Ctl *ctl, char **arguments);
CtlStatus ctl_watch_acknowledge (Ctl *ctl, char **arguments);
CtlStatus ctl_watch_stop (Ctl *ctl, char **arguments);
CtlStatus ctl_watch_end (Ctl *ctl, char **arguments);
CtlStatus ctl_watch_run (Ctl *ctl, char **arguments);
CtlStatus ctl_watch_report (Ctl *ctl, char **arguments);

CtlStatus ctl_secret_set (Ctl *ctl, char **arguments);
CtlStatus ctl_secret_list (Ctl *ctl, char **arguments);
CtlStatus ctl_secret_remove (Ctl *ctl, char **arguments);
/* Keeps one; environment NULL: for all. WAITING, and says why, if it would not last. */
CtlStatus ctl_secret_store (Ctl *ctl,
                            const char *environment,
                            const char *name,
                            const char *value,
                            GError **error);

CtlStatus ctl_person_list (Ctl *ctl, char **arguments);
CtlStatus ctl_person_add (Ctl *ctl, char **arguments);
CtlStatus ctl_person_add_key (Ctl *ctl, char **arguments);
CtlStatus ctl_person_grant (Ctl *ctl, char **arguments);
CtlStatus ctl_person_take (Ctl *ctl, char **arguments);
CtlStatus ctl_person_retire_key (Ctl *ctl, char **arguments);
CtlStatus ctl_person_rotate_key (Ctl *ctl, char **arguments);
CtlStatus ctl_person_allowed_signers (Ctl *ctl, char **arguments);

CtlStatus ctl_policy_show (Ctl *ctl, char **arguments);
CtlStatus ctl_policy_set (Ctl *ctl, char **arguments);

CtlStatus ctl_company_import (Ctl *ctl, char **arguments);
CtlStatus ctl_company_list (Ctl *ctl, char **arguments);
CtlStatus ctl_company_show (Ctl *ctl, char **arguments);
CtlStatus ctl_flag_add (Ctl *ctl, char **arguments);
CtlStatus ctl_flag_change (Ctl *ctl, char **arguments);
CtlStatus ctl_flag_list (Ctl *ctl, char **arguments);
CtlStatus ctl_flag_show (Ctl *ctl, char **arguments);
CtlStatus ctl_flag_pin (Ctl *ctl, char **arguments);
CtlStatus ctl_flag_verify (Ctl *ctl, char **arguments);
CtlStatus ctl_flag_adopt (Ctl *ctl, char **arguments);
CtlStatus ctl_flag_restore (Ctl *ctl, char **arguments);
CtlStatus ctl_rollout_plan (Ctl *ctl, char **arguments);
CtlStatus ctl_rollout_sign (Ctl *ctl, char **arguments);
CtlStatus ctl_rollout_promote (Ctl *ctl, char **arguments);
CtlStatus ctl_rollout_back (Ctl *ctl, char **arguments);
CtlStatus ctl_rollout_schedule (Ctl *ctl, char **arguments);
CtlStatus ctl_rollout_unschedule (Ctl *ctl, char **arguments);
CtlStatus ctl_rollout_kill (Ctl *ctl, char **arguments);

CtlStatus ctl_workspace_create (Ctl *ctl, char **arguments);
CtlStatus ctl_workspace_upgrade (Ctl *ctl, char **arguments);
CtlStatus ctl_workspace_join (Ctl *ctl, char **arguments);
CtlStatus ctl_workspace_leave (Ctl *ctl, char **arguments);
CtlStatus ctl_workspace_password (Ctl *ctl, char **arguments);
CtlStatus ctl_workspace_status (Ctl *ctl, char **arguments);
CtlStatus ctl_workspace_move (Ctl *ctl, char **arguments);

CtlStatus ctl_audit_list (Ctl *ctl, char **arguments);
CtlStatus ctl_audit_search (Ctl *ctl, char **arguments);
CtlStatus ctl_audit_verify (Ctl *ctl, char **arguments);

CtlStatus ctl_evidence_export (Ctl *ctl, char **arguments);
CtlStatus ctl_evidence_sheet (Ctl *ctl, char **arguments);
CtlStatus ctl_evidence_verify (Ctl *ctl, char **arguments);

G_END_DECLS
