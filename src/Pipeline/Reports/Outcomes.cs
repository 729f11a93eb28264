using Odm.Classify;

namespace Odm.Pipeline;

/// <summary>What one arm scored with one seed on one test set.</summary>
/// <param name="Dataset">Name of the test set's dataset.</param>
/// <param name="Arm">The arm.</param>
/// <param name="Seed">The seed.</param>
/// <param name="Facts">Its metrics.</param>
/// <param name="Transfer">Whether this is a transfer set and not the study's own test side.</param>
internal sealed record Score(string Dataset, string Arm, ulong Seed, IReadOnlyList<Fact> Facts, bool Transfer = false);

/// <summary>A generator judged by the phantom's rule.</summary>
/// <param name="Generator">Its name.</param>
/// <param name="Seed">Seed of its training.</param>
/// <param name="Facts"><c>disc_found</c>, <c>spearman</c>, <c>grade_agreement</c>.</param>
internal sealed record TruthScore(string Generator, ulong Seed, IReadOnlyList<Fact> Facts);
