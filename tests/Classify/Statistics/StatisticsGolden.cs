using System.Text.Json;
using Odm.Classify.Metrics;
using Odm.Classify.Statistics;
using Odm.Engine.Runtime;

namespace Odm.Classify.Tests;

internal static class StatisticsGolden
{
    public static JsonElement Root { get; } = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "goldens", "statistics.json"))).RootElement;

    public static IEnumerable<JsonElement> Cases(string name) => Root.GetProperty(name).EnumerateArray();

    public static int[] Ints(this JsonElement element, string name) => [.. element.GetProperty(name).EnumerateArray().Select(v => v.GetInt32())];

    public static double[] Doubles(this JsonElement element, string name) => [.. element.GetProperty(name).EnumerateArray().Select(v => v.GetDouble())];

    public static double Double(this JsonElement element, string name) => element.GetProperty(name).GetDouble();
}

/// <summary>Predictions for tests of comparisons.</summary>
internal static class Drawn
{
    /// <summary>Class names "0", "1", ...</summary>
    public static string[] Classes(int count) => [.. Enumerable.Range(0, count).Select(k => $"{k}")];

    /// <summary>Predictions from truth and calls; images in groups of <paramref name="perGroup"/>.</summary>
    public static Predictions Of(int[] truth, int[] predicted, int classes, int perGroup = 1, double[,]? probabilities = null) => new()
    {
        Ids = [.. truth.Select((_, i) => $"{i}")],
        Groups = [.. truth.Select((_, i) => $"g{i / perGroup}")],
        Classes = Classes(classes),
        Truth = truth,
        Predicted = predicted,
        Probabilities = probabilities,
    };

    /// <summary>
    /// One network's calls: right where its skill, the image's ease (the group's own, shared by all networks) and its own noise add up to more than 0, else a drawn class.
    /// </summary>
    public static Predictions Network(ulong world, ulong network, int images, int classes, double skill, double seedSd = 0, int perGroup = 1, bool probabilities = false)
    {
        var (truth, predicted) = (new int[images], new int[images]);
        var table = probabilities ? new double[images, classes] : null;
        var own = Rng.For(network, "network");
        var level = skill + seedSd * own.NextGaussian();
        for (var i = 0; i < images; i++)
        {
            var image = Rng.For(world, "image", i);
            truth[i] = image.NextInt(classes);
            var ease = .6 * image.NextGaussian() + .8 * Rng.For(world, "group", i / perGroup).NextGaussian();
            var margin = level + ease + .7 * own.NextGaussian();
            predicted[i] = margin > 0 ? truth[i] : own.NextInt(classes);
            for (var k = 0; k < classes && table is not null; k++)
            {
                table[i, k] = k == predicted[i] ? .4 + .5 / (1 + Math.Exp(-Math.Abs(margin))) : 0;
                table[i, k] = k == predicted[i] ? table[i, k] : (1 - (.4 + .5 / (1 + Math.Exp(-Math.Abs(margin))))) / (classes - 1);
            }
        }
        return Of(truth, predicted, classes, perGroup, table);
    }

    /// <summary>One arm a row, one network a seed.</summary>
    public static ArmComparison Compare(IReadOnlyList<Predictions> first, IReadOnlyList<Predictions> baseline, ComparisonConfig? config = null)
        => ArmComparison.Of([("base", baseline), ("arm", first)], "base", first[0].Classes, config);
}
