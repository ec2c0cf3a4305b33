"""The texts of the page "Curves"."""

TITLE = "Curves"
PURPOSE = "From an additive model to a few straight lines for each feature: code that you can read, check and change."

SEES = (
    "A **teacher** learnt a score from the training rows: one curve for each feature, added up. Its curves have "
    "hundreds of steps, drawn as dots. Each was replaced by few straight pieces between **knots**. Where the data "
    "spread over decades, pieces are straight on a logarithmic axis. Categories became **level tables**. The sum is a "
    "short Python module. *Held-out rows*, which neither teacher nor curves have seen, tell what that costs. Move a "
    "knot, and everything here is judged anew."
)
HONEST = (
    "**How to read a curve.** Correlated features share the credit in any such sum, and how they share it is partly "
    "chance. A curve shows what the model adds, not what would happen if you changed the feature. It is not causal."
)

DATASET = "Data"
DATASET_HELP = "The three examples ship with the program. Your own table is distilled while you wait."
OWN = "Your own table (.csv)"
LABELS = {
    "diabetes": "Diabetes: progression after a year (regression)",
    "breast-cancer": "Breast cancer: benign or malignant (classification)",
    "app-search": "App search: relevance within a search (ranking)",
}
WHAT = {
    "classification": "The score is the log-odds of *{positive}*; above 0 means more likely than not.",
    "regression": "The score is the value of *{target}* itself.",
    "ranking": "The score is a sort key: within each *{group}*, higher comes first.",
}

FEATURES = "What each feature adds"
FEATURES_TEXT = "Those first that carry most of the score's variance. Choose one to see it large and to change it."
SEGMENTS = "How many segments are enough?"
SEGMENTS_TEXT = (
    "The metric on held-out rows when all curves have so many segments. Choose a column, and all curves are fitted "
    "with that many."
)
CHANCE = (
    "Other held-out rows would move the distance from the teacher by about ±{spread}: smaller differences are chance."
)
ONE_SETTING = (
    "No feature is numeric here, so there is nothing to divide into segments. Level tables are the whole model."
)
COMPUTING = "Fitting all curves with {segments}, {direction}: {done} of {total} points are known"
PAUSE = "Pause"
ALL_FEATURES = "Show all {count} features"
AUTOMATIC = "Automatic: each curve has as many segments as its description length asks for."
ALL = "All curves have at most {segments}. Hand edits belong to one such setting; going back brings them back."
HELD = "All curves keep their number of segments and only rise or only fall. Going back brings hand edits back."
SETTINGS = "Segments of all curves"
SETTINGS_HELP = (
    "Automatic gives each curve the number with the shortest description: what the knots cost and what misfit costs."
)
ALL_MONO = "All curves monotone"
ALL_MONO_HELP = "Each curve only rises or only falls, in the direction that fits better. Level tables stay as they are."

ROWS = "Rows that it gets most wrong"
ROWS_TEXT = "The held-out rows with the largest error. Choose one to see what its prediction is made of."
NO_ROWS = "There are no held-out rows, so no row can be shown."
MADE_OF = "What this prediction is made of"
ROW_NUMBER = "Row"
ROW_HELP = "Any held-out row, by its number in this list of all held-out rows."

UPLOAD = "Your table: a .csv file of at most {megabytes} MB"
UPLOAD_HELP = "UTF-8 text with a line of column names. Commas, semicolons or tabs between cells."
UPLOAD_TEXT = """
The file holds **one row for each case** and **one column for each feature**, with names in its first line. One column
is the **target**: two classes, a number, or a grade of relevance. Text columns become level tables. Empty cells are
missing values. Rows that cannot be used are listed by line. At least 20 rows are needed; a column of words may have at
most 255 different ones.
"""
TARGET = "Target"
TARGET_HELP = "The column to predict. All other columns are features, unless they are left out with a reason."
TASK = "Task"
TASKS = {
    None: "told from the target",
    "classification": "classification",
    "regression": "regression",
    "ranking": "ranking",
}
GROUP = "Group"
GROUP_HELP = "For ranking: the column that says which rows are ranked against each other, such as a query."
NO_GROUP = "Ranking needs a group: the column that says which rows are ranked against each other."
MONOTONE = "Monotone features"
MONOTONE_HELP = "Their curves only rise or only fall, in the direction that fits better."
TYPES = "How each column is read"
REJECTED = "Rows that cannot be used"
NONE_REJECTED = "Every row of the file is used."
DISTIL = "Distil these data"
AGAIN = "Start over"
CANCELLED = "It was stopped. Nothing is kept of it."
FITTING = "Fitting {feature} again"
EDITOR = "Change a curve"
CODE = "The code"
LEVELS = "Level tables"
RANKED_TEXT = (
    "The groups that are ordered worst, each with the relevant row that lost most places. Choose one to see what its "
    "score is made of."
)
NOT_DEFINED = "The metric is not defined on these held-out rows: they are all of one class, or none is relevant."
EDITED_FILES = "This gives the distilled model. The edited one is in the code above and in the files below."
