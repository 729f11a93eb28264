namespace Odm.Classify.Metrics;

/// <summary>All classification scores of one set of predictions, each with its interval.</summary>
public static class ClassificationMetrics
{
    /// <summary>
    /// <c>accuracy balanced_accuracy macro_f1 weighted_f1 mcc qwk mae</c>, with probabilities <c>auc</c> (one-vs-rest, mean of the
    /// classes that have one), <c>ece</c> and <c>log_loss</c>, then <c>f1 precision_class recall_class</c> and <c>auc</c> a class.
    /// <c>qwk</c> and <c>mae</c> read the order of the classes as grades. Undefined values are left out.
    /// </summary>
    /// <param name="predictions">What was predicted.</param>
    /// <param name="classes">Class names, in the order of the indices.</param>
    /// <param name="bootstrap">Replicates, level, kind, seed of the intervals.</param>
    public static IReadOnlyList<Fact> Score(Predictions predictions, IReadOnlyList<string> classes, BootstrapConfig? bootstrap = null)
        => new ClassificationScorer(predictions, classes).Facts(bootstrap);
}
