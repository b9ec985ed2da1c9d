/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A workspace of its own for a test, with calls that wait. */

#pragma once

#include "cs-workspace.h"

G_BEGIN_DECLS

typedef struct
{
  char *directory;
  CsWorkspace *workspace;
  CsTarget *target;
} Fixture;

void fixture_set_up (Fixture *self, gconstpointer data);
void fixture_tear_down (Fixture *self, gconstpointer data);
/* Closes the workspace and opens it again, as after a restart. */
void fixture_restart (Fixture *self);

CsDeployment *fixture_start (Fixture *self, const char *markdown);
CsDeployment *
fixture_start_in (Fixture *self, const char *markdown, const char *environment);
CsWorkspace *fixture_open_workspace (const char *directory);

/* Each returns whether it was done; error may be NULL. */
gboolean fixture_run (Fixture *self,
                      CsDeployment *deployment,
                      const char *step,
                      guint block,
                      GError **error);
gboolean fixture_recover (Fixture *self, CsDeployment *deployment, GError **error);
gboolean fixture_check (Fixture *self,
                        CsDeployment *deployment,
                        const char *step,
                        guint item,
                        gboolean done,
                        GError **error);
gboolean fixture_skip (Fixture *self,
                       CsDeployment *deployment,
                       const char *step,
                       const char *reason,
                       GError **error);
gboolean fixture_confirm (Fixture *self,
                          CsDeployment *deployment,
                          const char *step,
                          GError **error);
gboolean fixture_roll_back (Fixture *self,
                            CsDeployment *deployment,
                            guint procedure,
                            const char *reason,
                            GError **error);
/* Leaves the environment to other deployments. */
void fixture_unlock (Fixture *self, CsDeployment *deployment);
gboolean fixture_close (Fixture *self, CsDeployment *deployment, GError **error);
gboolean fixture_sign (Fixture *self,
                       CsDeployment *deployment,
                       const char *field,
                       const char *person,
                       gboolean approve,
                       GError **error);
gboolean fixture_sign_as (Fixture *self,
                          CsDeployment *deployment,
                          const char *field,
                          const char *person,
                          const char *role,
                          gboolean approve,
                          GError **error);

CsBlockState *fixture_block (CsDeployment *deployment, const char *step, guint block);
char *fixture_output (Fixture *self, CsBlockState *block);
/* What a deployment's state looks like, all of it, as text: equal states give equal texts. */
char *fixture_describe (CsDeployment *deployment);

/* Makes a person known by the key that they sign with here. */
void fixture_enrol (Fixture *self, const char *person);
/* Grants a role, signed by “boss”, who must be manager or about to become the first one. */
void fixture_grant (Fixture *self, const char *person, const char *role);

/* The key that this person signs with here; made when it is first asked for. */
CsKey *fixture_key (Fixture *self, const char *person);

G_END_DECLS
