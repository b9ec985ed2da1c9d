/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The insides of the model, for the importer that fills it and nobody else. */

#pragma once

#include "cs-items.h"
#include "cs-runbook.h"
#include "cs-source.h"

G_BEGIN_DECLS

struct _CsBlock
{
  GObject parent_instance;
  char *id;
  CsBlockKind kind;
  CsBlockReason reason;
  char *language;
  char *info;
  char *text;
  char *digest; /* made when it is asked for; NULL: not yet */
  char *target;
  guint line;
  guint end_line;
  GHashTable *attributes; /* owned strings */
  GPtrArray *marks;       /* of CsMark */
  gboolean endless;
  gboolean interactive;
  gboolean destructive;
  char *condition;     /* the author's "if"; NULL: none */
  char *inside;        /* the commands that open what it is typed into; NULL: its own shell */
  char *choice;        /* id of the first of those that stand for each other; NULL: no choice */
  guint choice_number; /* the same within its block; 0: no choice */
  char *option;        /* the title of the option that it stands under; NULL: none */
  GPtrArray *parts;    /* of CsBlock, run one by one; NULL: it is run as a whole */
};

struct _CsCheck
{
  GObject parent_instance;
  char *id;
  char *text;
  guint line;
  gboolean done;
};

struct _CsSignoff
{
  GObject parent_instance;
  char *id;
  char *role;
  char *meaning;
  char **fields;
  char *phase_id;
  guint line;
};

struct _CsStep
{
  GObject parent_instance;
  char *id;
  char *title;
  char *alternative_of; /* what it is one choice of; NULL: none */
  char *environment;    /* as of cs_environments_dup_named(); NULL: for all */
  CsSource *source;     /* referenced */
  guint line;
  guint end_line;
  gint64 estimate;
  CsItems *blocks; /* NULL: none, as of most steps; see cs_step_get_blocks() */
  CsItems *checks;
  GArray *signed_lines; /* of guint: those of sign-offs; NULL: none */
};

struct _CsPhase
{
  GObject parent_instance;
  char *id;
  char *title;
  char *environment;
  char *alternative_of;
  char *goal; /* NULL: not said */
  char *risk; /* "low", "medium", "high", "critical"; NULL: not said */
  CsPhaseKind kind;
  CsSource *source; /* referenced */
  guint line;
  guint end_line;
  gint64 estimate;
  CsItems *steps;
};

/* A part of the document that is neither phase nor step: shown as text. */
typedef struct
{
  char *title;
  guint line;
  guint end_line;
} CsPassage;

struct _CsRunbook
{
  GObject parent_instance;
  CsSource *source;
  CsOverrules *overrules; /* NULL: none */
  char *digest;
  char *title;
  GPtrArray *metadata; /* key, value, key, value… */
  CsItems *phases;
  CsItems *signoffs;
  GArray *passages; /* of CsPassage, in document order */
  GPtrArray *facts; /* of CsFact, in document order */
  GArray *block_lines; /* of guint: where code blocks begin, in steps and outside */
};

G_END_DECLS
