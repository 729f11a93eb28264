using Odm.Engine.Runtime;

namespace Odm.Classify.Metrics;

/// <summary>What <c>odm score classes FILE.csv</c> computes.</summary>
public static class ScoreClasses
{
    /// <summary>The scores of a predictions file, whoever wrote it.</summary>
    /// <param name="file">CSV as in <see cref="Predictions.ReadCsv"/>.</param>
    /// <param name="bootstrap">Replicates, level, kind, seed of the intervals.</param>
    /// <exception cref="DatasetException">The file is missing or faulty.</exception>
    public static IReadOnlyList<Fact> Run(string file, BootstrapConfig? bootstrap = null)
    {
        var predictions = Predictions.ReadCsv(file);
        return ClassificationMetrics.Score(predictions, predictions.Classes, bootstrap);
    }
}
