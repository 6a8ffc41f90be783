/**
 * What a network is trained on: documents from a folder, their turned and mirrored forms, parts and collages of them,
 * and drawn documents, each a class of its own. Entry: {@link dev.mekiki.training.corpus.TrainingCorpus}.
 */
@NullMarked
package dev.mekiki.training.corpus;

import org.jspecify.annotations.NullMarked;
