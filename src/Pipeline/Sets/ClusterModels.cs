using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Odm.Augment.Diffusion.Training;
using Odm.Augment.Inpainting.Clusters;
using Odm.Classify.Features;
using Odm.Data.Drawing;
using Odm.Data.Images;
using Odm.Engine.Files;
using Odm.Engine.Runtime;
using Odm.Pipeline.Configuration;
using Odm.Pipeline.Results;

namespace Odm.Pipeline.Sets;

/// <summary>
/// The train stage of a generator that paints into images: features of the training images, clusters of them, a diffusion model
/// for each cluster. Its folder holds <c>clusters.csv</c>, <c>features.npy</c>, <c>sheets/</c> and <c>models/K/</c>.
/// </summary>
internal static class ClusterModels
{
    /// <summary>Trains all models, continuing from what the folder holds.</summary>
    public static void Train(InpaintGeneratorConfig config, ImageSet visible, ulong seed, string folder, RunContext context, string stage,
        JsonObject facts)
    {
        var clusterOf = Clustered(config, visible, seed, folder, context, stage);
        var sizes = Sizes(clusterOf);
        facts["clusters"] = new JsonArray([.. sizes.Select(n => (JsonNode)n)]);
        facts["images"] = 0L;
        if (config.Clusters.Warning(sizes) is { } warning)
        {
            context.Report(new(stage, 0, 1, 0, "images", "! " + warning));
            facts["warning"] = warning;
        }

        for (var k = 0; k < sizes.Length; k++)
        {
            var members = visible.Select([.. Enumerable.Range(0, visible.Count).Where(i => clusterOf[i] == k)]);
            var model = config.Model();
            var name = sizes.Length == 1 ? stage : string.Create(CultureInfo.InvariantCulture,
                $"{stage}, cluster {k + 1} of {sizes.Length}");
            DiffusionTraining.Train(model, members, Rng.Seed(seed, "cluster", k), Folder(folder, k), context, name);
            facts["images"] = (long)facts["images"]! + model.Steps * Math.Min(model.Batch, members.Count);
        }
    }

    /// <summary>Folder of each cluster's model.</summary>
    public static IReadOnlyList<string> Folders(string folder)
        => [.. Enumerable.Range(0, Sizes(Read(folder)).Length).Select(k => Folder(folder, k))];

    /// <summary>Cluster of each training image that the generator saw, in their order.</summary>
    public static int[] Read(string folder)
    {
        var file = Path.Combine(folder, "clusters.csv");
        if (!File.Exists(file))
        {
            throw new DatasetException($"{file}: no such file; expected the folder of a trained generator of kind inpaint");
        }

        return [.. File.ReadLines(file).Skip(1).Select(line => int.Parse(line.AsSpan(line.LastIndexOf(',') + 1),
            CultureInfo.InvariantCulture))];
    }

    /// <summary>Cluster of each of some real images, which the generator was trained on.</summary>
    /// <exception cref="DatasetException">It was trained on others.</exception>
    public static int[] Of(string folder, ImageSet sources)
    {
        var file = Path.Combine(folder, "clusters.csv");
        var clusters = Read(folder);
        var ids = File.ReadLines(file).Skip(1).Select((line, i) => (Id: line[..line.LastIndexOf(',')], Cluster: clusters[i]))
            .ToDictionary(x => x.Id, x => x.Cluster, StringComparer.Ordinal);
        return [.. sources.Rows.Select(r => ids.TryGetValue(FactsCsv.Cell(r.Id), out var k) ? k
            : throw new DatasetException($"{file}: has no image {r.Id}; the generator was trained on others"))];
    }

    /// <summary>Places of the real images that the generator was trained on.</summary>
    public static IEnumerable<int> Known(string folder, ImageSet images)
    {
        var ids = File.ReadLines(Path.Combine(folder, "clusters.csv")).Skip(1).Select(line => line[..line.LastIndexOf(',')])
            .ToHashSet(StringComparer.Ordinal);
        return Enumerable.Range(0, images.Count).Where(i => ids.Contains(FactsCsv.Cell(images.Rows[i].Id)));
    }

    private static string Folder(string folder, int cluster)
        => Path.Combine(folder, "models", cluster.ToString(CultureInfo.InvariantCulture));

    private static int[] Sizes(int[] clusterOf) => [.. Enumerable.Range(0, clusterOf.Max() + 1).Select(k => clusterOf.Count(c => c == k))];

    private static int[] Clustered(InpaintGeneratorConfig config, ImageSet visible, ulong seed, string folder, RunContext context,
        string stage)
    {
        var file = Path.Combine(folder, "clusters.csv");
        if (File.Exists(file))
        {
            return Read(folder);
        }

        var clusterOf = new int[visible.Count];
        if (config.Clusters.K > 1)
        {
            using var extractor = FeatureExtractors.Open(config.Clusters.Features, context);
            var features = FeatureExtraction.Kept(Path.Combine(folder, "features.npy"), visible, extractor, context, stage + ", features",
                config.Clusters.Masks);
            clusterOf = KMeans.Fit(features.Values, config.Clusters.K, Rng.Seed(seed, "clusters"), config.Clusters.Restarts,
                context.Cancel).Assignment;
        }

        for (var k = 0; k <= clusterOf.Max(); k++)
        {
            int[] members = [.. Enumerable.Range(0, visible.Count).Where(i => clusterOf[i] == k).Take(32)];
            ContactSheet.Draw(string.Create(CultureInfo.InvariantCulture, $"cluster {k}: {clusterOf.Count(c => c == k)} images"),
                [.. members.Chunk(8).Select(row => new SheetRow("", visible, row))], 8, outlines: true)
                    .Save(Path.Combine(folder, "sheets", $"cluster-{k}.png"));
        }

        var text = new StringBuilder("id,cluster\n");
        for (var i = 0; i < visible.Count; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{FactsCsv.Cell(visible.Rows[i].Id)},{clusterOf[i]}\n");
        }

        Durable.WriteText(file, text.ToString());
        return clusterOf;
    }
}
