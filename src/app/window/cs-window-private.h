/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the parts of the window share. */

#pragma once

#include "cs-alarm-bar.h"
#include "cs-deployments-page.h"
#include "cs-history-page.h"
#include "cs-lost-bar.h"
#include "cs-rollouts-page.h"
#include "cs-runbooks-page.h"
#include "cs-servers-page.h"
#include "cs-watch-desk.h"
#include "cs-window.h"
#include "cs-workspace.h"

G_BEGIN_DECLS

struct _CsWindow
{
  AdwApplicationWindow parent_instance;

  AdwToastOverlay *toasts;
  GtkStack *root;
  AdwStatusPage *problem;
  CsLostBar *lost_bar;
  AdwLeaflet *leaflet;
  GtkListBox *sidebar;
  AdwWindowTitle *page_title;
  GtkStack *pages;
  CsDeploymentsPage *deployments_page;
  CsRolloutsPage *rollouts_page;
  CsRunbooksPage *runbooks_page;
  CsHistoryPage *history_page;
  CsServersPage *servers_page;
  AdwBin *deployment_bin;
  CsAlarmBar *alarm_bar;
  AdwMessageDialog *attention; /* weak: what is said there has not been read yet */

  char *data_directory;
  CsWorkspace *workspace;
  CsWatchDesk *desk; /* of the workspace */
  GCancellable *cancellable;
  GQueue pending_files;  /* of GFile, opened before the workspace was */
  gboolean was_shown;    /* since the workspace was opened */
  gboolean sample_waits; /* asked for before the workspace was open */
};

/* Closing: what is measured goes on without a window. */
gboolean cs_window_close_request (GtkWindow *window);
void cs_window_follow_desk (CsWindow *self);
void cs_window_close_workspace (CsWindow *self);
void cs_window_note_acts (CsWindow *self);
void cs_window_install_actions (CsWindow *self);
void cs_window_open_workspace (CsWindow *self);
void cs_window_show_toast (CsWindow *self, const char *text);
void cs_window_show_page (CsWindow *self, const char *page);

G_END_DECLS
