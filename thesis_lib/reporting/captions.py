"""The captions of what notebooks record, by the name of the file below `figures/`.

`CAPTIONS` says what is to be seen, `THESIS` which figure or table of the thesis it stands beside.
Words in braces, in names too, are filled by what the notebook gives to `Record.figure`, `.table`,
`.sound` and `.animation`; `{corpus}` is the corpus that is shown, where it is one, and `{groups}`
is what its groups are, "sessions or songs". `Record` adds that a corpus is simulated, and leaves
out `THESIS` where recordings are shown that nobody calls music.
"""

SINS, MUSIC = "error analysis, SINS", "error analysis, music"
SIMULATED = "Mini home is simulated."
TRAINED = (
    "{machine.training_seconds:.0f} s of training on one core each, one training a test; 95 % "
    f"intervals over sessions, songs or sources. {SIMULATED}"
)

CAPTIONS = {
    # 00_start_here
    "first_triplet.png": "Recordings as log-Mel spectrograms (time to the right, pitch upwards, "
    "bright is loud). Framed: one triplet drawn from them, for which it takes two recordings.",
    "first_triplet.mp3": "Anchor, neighbour and opposite of the figure first_triplet.",
    # 01_the_data
    "corpora.csv": "The two corpora in numbers; groups are {groups}.",
    "class_balance_sins.png": "Class balance of the recordings for training: SINS, development "
    "set, beside the home used here.",
    "session_lengths.png": "Length of the sessions here, and of those in the home of the SINS "
    "recordings (one week in the living room, public annotation; there calling and visits are "
    "apart, two bars for social activity).",
    "floor_plan.png": "The simulated flat from above: living room and kitchen, nodes, places of "
    "sounds.",
    "same_moment.png": "One moment ({label}) as log-Mel spectrograms, one row per microphone node.",
    "waveform.png": "Waveform of one segment of {seconds:g} s.",
    "segment.mp3": "The segment of the waveform figure.",
    "clip_{slug}.mp3": "{corpus}: {label}",
    "songs_per_genre.png": "How many {groups} each class has; one may be here as several excerpts.",
    "splits.csv": "Recordings for training and for the test; groups are {groups}.",
    # 02_preprocessing
    "spectrogram.png": "Spectrogram: {frames} frames of {bins} frequencies.",
    "mel_bank.png": "A Mel bank of 20 filters. Wider filters are lower: each lets the same power "
    "of white noise through.",
    "log_mel.png": "Log-Mel spectrogram, {frames} x {mels}.",
    "mfcc.png": "MFCC, {frames} x {mfcc}; coefficient 0 is the loudness.",
    "stores.csv": "The two stores; the hash covers how a store was made, its index and every "
    "frame.",
    "input_pipeline.png": "Triplets a second that reach the network, mean and standard deviation "
    "of {rounds:.0f} rounds. {machine.machine}, one core, other load {machine.load_before:g}.",
    # 03_triplets
    "triplet_counts.csv": "One epoch draws one triplet for every anchor.",
    "neighbour_range.png": "What may be drawn for one anchor: a neighbour (positive) from its own "
    "recording within the neighbour range, an opposite (negative) from any other recording.",
    "triplet_examples.png": "Triplets of {corpus}, one per row. Above the neighbour: how far from "
    "its anchor it starts.",
    "triplet_examples_music.png": "Triplets of {corpus}, one per row. Above the neighbour: how far "
    "from its anchor it starts.",
    "triplet_{slug}_{number}.mp3": "{titles}",
    "neighbour_distances.png": "How far from their anchors neighbours start, in five epochs: drawn "
    "(bars) and expected if all within the neighbour range are equally likely (strokes).",
    "opposites.csv": "Share of triplets (%) whose opposite has something in common with its "
    "anchor; groups are {groups}. In SINS, with its class balance, {in_sins:.0f} % must carry the "
    "same label.",
    "opposite_labels.png": "Opposites that carry their anchor's label, by that label.",
    # 04_gpu_training
    "resnet18_layers.png": "ResNet18 at the thesis's width on a tile of {frames} frames x {mels} "
    "bands: {parameters:,} parameters.",
    "resnet18_layers.csv": "ResNet18 at the thesis's width on a tile of {frames} frames x {mels} "
    "bands: {parameters:,} parameters. With 3 channels and 1000 outputs it has {standard:,}, as "
    "the standard network. The networks trained here: {here}.",
    "triplet_loss.png": "The triplet loss on three triplets in the plane, margin 1; numbers on the "
    "lines are squared distances.",
    "recipes.csv": "Recipes: the thesis's and the ones used here.",
    "recipes.png": "Every number of the recipes; marked: where the run here differs from the "
    "thesis.",
    "training_loss_{data_set}.png": "{corpus}: loss, squared distances and share of active "
    "triplets in training; thin: each of {seeds} seeds, thick: their mean, smoothed.",
    "silhouette_{data_set}.png": "{corpus}: silhouette of the classes over training, on at most "
    "{sample} test tiles a seed.",
    # 05_embedding_space
    "pca3d_{data_set}.png": "{corpus}: {tiles} in the first three principal components of "
    "{spaces}.",
    "pca3d_{data_set}.gif": "{corpus}: tiles in the first three principal components of "
    "{embedding}.",
    "map_{data_set}.png": "{corpus}: {tiles} tiles on a map (t-SNE) of {embedding}. Near stays "
    "near; distances between islands mean nothing, and the axes have no unit.",
    "space_scores.csv": "Silhouette of the classes, and share of the ten nearest neighbours from "
    "other {groups} that carry the tile's label: mean over the seeds, and 95 % interval "
    "(bootstrap over {groups}).",
    "space_differences.csv": "precision@10 of the embedding that is drawn minus that of each "
    "other, with 95 % intervals (bootstrap over {groups}).",
    "centroids.csv": "Which tiles made the centroids: of all of a class those whose nearest "
    "neighbours share its label, or, where these are fewer than five, all.",
    "centroid_distances_{data_set}.png": "{corpus}: Euclidean distances between the class "
    "centroids in {embedding}, test tiles.",
    "typical_{data_set}_{slug}.mp3": "{label}: its {tiles} tiles nearest to its centroid in "
    "{embedding}.",
    "centroid_arithmetic.csv": "Every difference of two centroids in {embedding} and the class "
    "nearest to it.",
    "centroid_arithmetic.png": "Centroid of the row's class minus that of the column's in "
    "{embedding}: the class whose centroid is nearest. Grey letters: the row's own class.",
    "walk_{data_set}.png": "{corpus}: walk from {start} to {end} at {steps} equally spaced places "
    "in {embedding}, the log-Mel pictures of the {k} nearest test tiles at each (time to the "
    "right, low bands below); the bar below a picture tells its class.",
    "walk_{data_set}.mp3": "{corpus}: walk from {start} to {end} at {steps} equally spaced places "
    "in {embedding}, {k} nearest test tiles each, as sound.",
    "walks_{data_set}.png": "{corpus}: walks between {pairs} pairs of classes, the log-Mel picture "
    "of the nearest test tile at each of {steps} equally spaced places in {embedding}; the bar "
    "below it tells its class.",
    # 06_error_analysis_sins
    "suspects_sins.csv": "The ten most suspect moments, by the neighbours in {embedding}; where "
    "these say the same, by self-confidence.",
    "suspect_sins.png": "Suspect tiles (framed) and, to the right, their five nearest neighbours "
    "in {embedding} from other sessions; above each: label, session, segment and node. A row has "
    "its own scale of colours.",
    "suspect_{data_set}_{number}.mp3": "{text}; neighbours in {embedding}.",
    "silence.png": "Each dot is a segment of 10 s on one node. In the grey zone, up to {within:g} "
    "dB above the noise floor of the microphone, a segment is suspected of silence; some are just "
    "quiet.",
    "microphone_faults.png": "Each dot is a segment of 10 s on one node. Far right: it records "
    "what no other node records, as {embedding} has it.",
    "deviating_moments.png": "The recordings that deviate most from the other nodes in {embedding} "
    "(framed), and the same moments on these.",
    "planted_faults.csv": "Every planted fault, and whether it was suspected in {embedding}.",
    "label_ways.png": "Wrong labels that were planted, one in twenty, and how well each way ranks "
    "them: mean of {draws} draws, with 95 % intervals over sessions, songs or sources. Homes are "
    "simulated; what is silent under the label of an activity is left out. Machine: "
    "{machine.machine}.",
    "label_curves.png": "Wrong labels that were planted, one in twenty: above ROC curves "
    "(logarithmic from 1 % on), below precision and recall. Mean of {draws} draws, of homes over "
    "homes, too. Homes are simulated; what is silent under the label of an activity is left out.",
    "label_scores.csv": "All of it: every way to plant and to look, every score; `diff_to_ours` is "
    "the way minus self-confidence and soft vote in ours on the same draws. Machine: "
    "{machine.machine}.",
    "audit_pays.png": "Macro-F1 on a test part of which nothing was turned, by how many labels of "
    "the training part were heard and corrected; one in ten is wrong. Mean of {draws} draws, with "
    "95 % intervals over tested sessions, songs or sources. The homes are simulated.",
    "causes.png": "One recording of {corpus} ({label}, node {node}), intact and with each fault "
    "that is planted, {strength}, in one channel. Above: the {milliseconds:g} ms in which it "
    "differs most from the intact one (grey); below: all of it. Every fault is simulated.",
    "causes.csv": "What an audit says of each planted (simulated) fault: channels that are hit, "
    "the channel it suspects, its score (1: hardly ever seen in sound recordings), the cause and "
    "the reason. {right} of {of} causes are right.",
    "faults_by_kind.png": "Planted faults in {homes}, {draws} draws each of every kind at three "
    "strengths: how well they are found, and how often the cause is named rightly of what is found "
    "at 1 % of false alarms; 95 % intervals over sessions.",
    "named_recordings.csv": "What the audit says of {what}.",
    "named_recordings.png": "Framed: {what}; beside them the same moments on the other nodes.",
    "audit_findings.csv": "Every finding of the audit of all of {corpus}, the most suspect first.",
    "suspects_music.csv": "The {groups} that are least like the others of their label in "
    "{embedding}.",
    "suspect_music.png": "Suspect tiles (framed) and their five nearest neighbours in {embedding} "
    "from other {groups}.",
    # 07_genre_clusters
    "elbow.png": "What k clusters leave over, as a share of what one leaves.",
    "kmeans3d.png": "{tiles} tiles in principal components of {embedding}; k-means with {k} "
    "centres.",
    "cluster_table.csv": "Tiles of each label in each cluster of {embedding}.",
    "cluster_table.png": "Tiles of each label in each cluster; bright: a large share of the "
    "cluster. The clusters of one table have nothing to do with those of another.",
    "cluster_agreement.png": "k-means with {classes} clusters, over {seeds} seeds: mean, 95 % "
    "interval (bootstrap over {unit}s; the clusters stay as they are) and each seed (ticks). "
    "Chance: labels permuted over whole {unit}s.",
    # 08_f1_results
    "classification_report_sins.png": "Logistic classifier on {embedding}, first seed; "
    "in brackets the number of tiles or segments.",
    "classification_report_music.png": "Logistic classifier on {embedding}; the tests "
    "of {seeds} seeds together. Other classes than the thesis's.",
    "confusions.png": "Of 100 segments or tiles of a class (row), how many are taken for which.",
    "probe_comparison.csv": "Macro-F1: mean over the seeds, and 95 % interval (bootstrap over "
    "{groups}).",
    "probe_comparison.png": "The same logistic classifier on each embedding: mean over the "
    "seeds, 95 % interval (bootstrap over {groups}), and each seed (ticks).",
    "probe_differences.csv": "Macro-F1 of the embedding that is drawn minus that of each other, "
    "with 95 % intervals (bootstrap over {groups}).",
    "challenge.csv": "Macro-F1 in %; low and high: 95 % interval (bootstrap over sessions).",
    "challenge.png": "{warning}",
    # 09_listening_room
    "listening_room_{domain}.png": "Typical tiles and their neighbours of other {group}s in "
    "{embedding}: log-Mel, with distances.",
    "listening_room_{domain}.mp3": "A typical tile, then its neighbours of other {group}s in "
    "{embedding}.",
    # 10_experiments
    "training_speed.png": "Tiles a second in training steps, mean and standard deviation of "
    "{steps:.0f} steps, on random tiles. Machine: {machine.machine}, {machine.cores:.0f} cores, "
    "torch {machine.packages[torch]}.",
    "training_throughput.png": "Tiles a second in training, a few tiles a step at full width, mean "
    "and standard deviation of {rounds:.0f} rounds; spectrograms are noise, the files of the "
    "loader those of the mini home (simulated).",
    "embedding_quality.png": "A vector a recording, with 95 % intervals over sessions, songs or "
    "sources; one training each. Homes: five flats, simulated, one microphone a node, tested on "
    "nodes that the classifier does not know; ESC-10 in its official folds; music by whole songs. "
    "Homes and ten more games had never been scored before, ESC-10 and mini music had. What is "
    "trained on the corpus is trained for {machine.training_seconds:.0f} s of one core, the "
    "supervised until it gains no more. Machine: {machine.machine}.",
    "embedding_summary.csv": "All of it, with more metrics; `diff_to_ours` is the method minus "
    "ours on the same draws, `p_corrected` is Holm's over the methods and both main scores of a "
    "corpus. The homes are simulated.",
    "ablation_ladder.png": f"From the thesis's recipe to ours, step by step. {TRAINED}",
    "ablation_left_out.png": f"Ours with one part left out. {TRAINED}",
    "ablation_alternatives.png": "Ours with a part done in another way, which was not taken. "
    + TRAINED,
    "ablation_differences.csv": "Ours with a part left out or done in another way, minus ours: "
    "mean over {corpora} corpora, with a 95 % interval. {machine.training_seconds:.0f} s of "
    f"training. {SIMULATED}",
    # 11_open_questions
    "transfer.png": "Each network on each corpus, with 95 % intervals over sessions, songs or "
    f"sources; framed: trained on recordings of that corpus. {{trained}}. {SIMULATED}",
    "joint_space_scores.png": "One network for a home and music beside one for each, by one "
    f"recipe: {{trained}}; 95 % intervals over sessions or songs. {SIMULATED}",
    "joint_space_map.png": "The joint space as a map (t-SNE of {recordings} recordings that are in "
    "no training; first seed, both, as long). Near stays near; distances between islands mean "
    f"nothing. {SIMULATED}",
    "adding_a_class.png": "F1 by how many labelled sessions (home), songs or sources of a new "
    "class there are; 0: before it came. Mean over the classes left out, one at a time "
    "({classes}), {draws:.0f} draws of groups each, with 95 % intervals over tested groups. "
    f"{SIMULATED}",
}

THESIS = {
    "first_triplet.png": "Triplet examples",
    "class_balance_sins.png": "Class balance of SINS",
    "waveform.png": "Waveform of one 10 s segment",
    "songs_per_genre.png": "Songs per genre",
    "spectrogram.png": "Spectrogram",
    "mel_bank.png": "20-filter Mel bank",
    "log_mel.png": "Log-Mel",
    "mfcc.png": "MFCCs",
    "input_pipeline.png": "Input pipeline timing",
    "triplet_examples.png": "Triplet examples",
    "triplet_examples_music.png": "Triplet examples",
    "resnet18_layers.png": "ResNet18 (layer table)",
    "resnet18_layers.csv": "ResNet18 (layer table)",
    "triplet_loss.png": "Triplet loss",
    "recipes.csv": "Recipe",
    "recipes.png": "Recipe",
    "training_loss_{data_set}.png": "Training loss with distances, {data_set}",
    "silhouette_{data_set}.png": "Silhouette over training, {data_set}",
    "pca3d_{data_set}.png": "3-D PCA of the {data_set} space",
    "pca3d_{data_set}.gif": "3-D PCA, turning, {data_set}",
    "centroid_distances_{data_set}.png": "Centroid distance matrix, {data_set}",
    "centroid_arithmetic.csv": "Arithmetic on centroids",
    "centroid_arithmetic.png": "Arithmetic on centroids",
    "walk_{data_set}.png": "Walk {wanted[0]} -> {wanted[1]}",
    "walks_{data_set}.png": "Walks between every pair of classes",
    "suspects_sins.csv": SINS,
    "suspect_sins.png": SINS,
    "named_recordings.csv": f"{SINS}: the two recordings it names",
    "named_recordings.png": f"{SINS}: the two recordings it names",
    "audit_findings.csv": SINS,
    "silence.png": f"{SINS}: silence with a label",
    "microphone_faults.png": f"{SINS}: microphone malfunctions",
    "deviating_moments.png": f"{SINS}: microphone malfunctions",
    "suspects_music.csv": MUSIC,
    "suspect_music.png": MUSIC,
    "elbow.png": "elbow",
    "kmeans3d.png": "k-means in 3-D with centres",
    "cluster_table.csv": "cluster x label table",
    "cluster_table.png": "cluster x label table",
    "classification_report_sins.png": "classification report, SINS",
    "classification_report_music.png": "classification report, music",
    "challenge.csv": "comparison with the challenge",
    "challenge.png": "comparison with the challenge",
    "listening_room_{domain}.png": "{thesis}",
}
