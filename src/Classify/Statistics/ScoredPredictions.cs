using Odm.Classify.Metrics;

namespace Odm.Classify.Statistics;

/// <summary>What one network said of the test images, as the comparison of arms needs it.</summary>
internal interface IScoredPredictions
{
    /// <summary>Image ids; the arms of a comparison have the same in the same order.</summary>
    IReadOnlyList<string> Ids { get; }

    /// <summary>The scores.</summary>
    IScorer Scorer();

    /// <summary>The scores of both networks' predictions in one set, the other's groups following on these.</summary>
    IScorer JoinedWith(IScoredPredictions other);

    /// <summary>Whether the networks say the same of image i.</summary>
    bool Agrees(IScoredPredictions other, int i);

    /// <summary>Each image's own value of a metric that is a mean over images, null where it has none; null for other metrics.</summary>
    double?[]? Each(string metric);
}

/// <summary>A classifier's predictions.</summary>
internal sealed record ScoredClasses(Predictions Predictions, IReadOnlyList<string> Classes) : IScoredPredictions
{
    public IReadOnlyList<string> Ids => Predictions.Ids;

    public IScorer Scorer() => new ClassificationScorer(Predictions, Classes);

    public IScorer JoinedWith(IScoredPredictions other)
    {
        var (a, b) = (Predictions, ((ScoredClasses)other).Predictions);
        double[,]? table = null;
        if (a.Probabilities is { } p && b.Probabilities is { } q)
        {
            table = new double[p.GetLength(0) + q.GetLength(0), p.GetLength(1)];
            Array.Copy(p, table, p.Length);
            Array.Copy(q, 0, table, p.Length, q.Length);
        }
        return new ClassificationScorer(new Predictions
        {
            Ids = [.. a.Ids, .. b.Ids],
            Groups = [.. a.Groups.Select(g => "a" + g), .. b.Groups.Select(g => "b" + g)],
            Classes = Classes,
            Truth = [.. a.Truth, .. b.Truth],
            Predicted = [.. a.Predicted, .. b.Predicted],
            Probabilities = table,
        }, Classes);
    }

    public bool Agrees(IScoredPredictions other, int i)
    {
        var (a, b) = (Predictions, ((ScoredClasses)other).Predictions);
        var same = a.Predicted[i] == b.Predicted[i];
        for (var k = 0; same && a.Probabilities is { } p && b.Probabilities is { } q && k < p.GetLength(1); k++)
        {
            same = p[i, k] == q[i, k];
        }
        return same;
    }

    public double?[]? Each(string metric)
        => metric == "accuracy" ? [.. Predictions.Truth.Zip(Predictions.Predicted, (t, p) => (double?)(t == p ? 1 : 0))] : null;
}

/// <summary>A segmenter's masks.</summary>
internal sealed record ScoredMasks(MaskPredictions Masks, EmptyMask Empty) : IScoredPredictions
{
    public IReadOnlyList<string> Ids { get; } = [.. Masks.Rows.Select(r => r.Id)];

    public IScorer Scorer() => new MaskScorer(Masks, Empty);

    public IScorer JoinedWith(IScoredPredictions other)
        => new MaskScorer(new([.. Masks.Rows.Select(r => r with { Group = "a" + r.Group }),
            .. ((ScoredMasks)other).Masks.Rows.Select(r => r with { Group = "b" + r.Group })]), Empty);

    public bool Agrees(IScoredPredictions other, int i) => Masks.Rows[i] == ((ScoredMasks)other).Masks.Rows[i];

    public double?[]? Each(string metric) => metric switch
    {
        "dice_hard" => [.. Masks.Rows.Select(r => r.DiceHard(Empty))],
        "dice_soft" => [.. Masks.Rows.Select(r => r.DiceSoft(Empty))],
        "iou" => [.. Masks.Rows.Select(r => r.Iou(Empty))],
        "hd95" => [.. Masks.Rows.Select(r => r.Hd95)],
        _ => null,
    };
}
