using System.Globalization;
using System.Text.Json.Nodes;
using Odm.Augment.Diffusion.Training;
using Odm.Augment.Generators;
using Odm.Augment.Inpainting.Clusters;
using Odm.Data.Drawing;
using Odm.Data.Images;
using Odm.Engine.Files;
using Odm.Engine.Runtime;

namespace Odm.Augment.Inpainting.Family;

/// <summary>
/// The training of a generator that paints into images: features of the training images, clusters of them, a diffusion model for each
/// cluster. Its folder holds <c>clusters.csv</c>, <c>features.npy</c>, <c>sheets/</c> and <c>models/K/</c>.
/// </summary>
internal static class ClusterModels
{
    private const string FileName = "clusters.csv";

    private static readonly string[] Columns = ["id", "cluster"];

    /// <summary>Trains all models, continuing from what the folder holds.</summary>
    public static void Train(InpaintGeneratorConfig config, TrainingWork work)
    {
        var clusterOf = Clustered(config, work);
        var sizes = Sizes(clusterOf);
        work.Facts["clusters"] = new JsonArray([.. sizes.Select(n => (JsonNode)n)]);
        if (config.Clusters.Warning(sizes) is { } warning)
        {
            work.Context.Report(new(work.Stage, 0, 1, 0, "images", "! " + warning));
            work.Facts["warning"] = warning;
        }

        var (model, seen) = (config.Model(), 0L);
        for (var k = 0; k < sizes.Length; k++)
        {
            var members = Members(work.Images, clusterOf, k);
            var name = sizes.Length == 1 ? work.Stage : string.Create(CultureInfo.InvariantCulture,
                $"{work.Stage}, cluster {k + 1} of {sizes.Length}");
            DiffusionTraining.Train(model, members, Rng.Seed(work.Seed, "cluster", k), Folder(work.Folder, k), work.Context, name);
            seen += model.Steps * Math.Min(model.Batch, members.Count);
        }

        work.Facts["images"] = seen;
    }

    /// <summary>Folder of each cluster's model.</summary>
    public static IReadOnlyList<string> Folders(string folder)
        => [.. Enumerable.Range(0, Sizes([.. Read(folder).Select(x => x.Cluster)]).Length).Select(k => Folder(folder, k))];

    /// <summary>The images of each cluster's model, of the real images that the training saw.</summary>
    public static IReadOnlyList<(string Folder, ImageSet Images)> Networks(string folder, ImageSet visible)
    {
        var clusters = Of(folder, visible);
        return [.. Folders(folder).Select((f, k) => (f, Members(visible, clusters, k)))];
    }

    /// <summary>Cluster of each of some real images, which the generator was trained on.</summary>
    /// <exception cref="DatasetException">It was trained on others.</exception>
    public static int[] Of(string folder, ImageSet sources)
    {
        var known = Read(folder).ToDictionary(x => x.Id, x => x.Cluster, StringComparer.Ordinal);
        return [.. sources.Rows.Select(r => known.TryGetValue(r.Id, out var k) ? k
            : throw new DatasetException($"{Path.Combine(folder, FileName)}: has no image {r.Id}; the generator was trained on others"))];
    }

    /// <summary>The real images that the generator was trained on.</summary>
    public static ImageSet Known(string folder, ImageSet images)
    {
        var ids = Read(folder).Select(x => x.Id).ToHashSet(StringComparer.Ordinal);
        return images.Select([.. Enumerable.Range(0, images.Count).Where(i => ids.Contains(images.Rows[i].Id))]);
    }

    private static IReadOnlyList<(string Id, int Cluster)> Read(string folder)
    {
        var file = Path.Combine(folder, FileName);
        if (!File.Exists(file))
        {
            throw new DatasetException($"{file}: no such file; expected the folder of a trained generator of kind inpaint");
        }

        return [.. CsvFile.Read(file, Columns, trim: false).Records.Select(r => (r["id"],
            int.TryParse(r["cluster"], NumberStyles.None, CultureInfo.InvariantCulture, out var k) ? k
                : throw r.Fault($"cluster \"{r["cluster"]}\" is not a number")))];
    }

    private static ImageSet Members(ImageSet images, int[] clusterOf, int cluster)
        => images.Select([.. Enumerable.Range(0, images.Count).Where(i => clusterOf[i] == cluster)]);

    private static string Folder(string folder, int cluster)
        => Path.Combine(folder, "models", cluster.ToString(CultureInfo.InvariantCulture));

    private static int[] Sizes(int[] clusterOf) => [.. Enumerable.Range(0, clusterOf.Max() + 1).Select(k => clusterOf.Count(c => c == k))];

    private static int[] Clustered(InpaintGeneratorConfig config, TrainingWork work)
    {
        var (file, images) = (Path.Combine(work.Folder, FileName), work.Images);
        if (File.Exists(file))
        {
            return Of(work.Folder, images);
        }

        var clusterOf = new int[images.Count];
        if (config.Clusters.K > 1)
        {
            var features = work.Features.Of(config.Clusters.Features, images, config.Clusters.Masks,
                Path.Combine(work.Folder, "features.npy"), work.Context, work.Stage + ", features");
            clusterOf = KMeans.Fit(features, config.Clusters.K, Rng.Seed(work.Seed, "clusters"), config.Clusters.Restarts,
                work.Context.Cancel).Assignment;
        }

        for (var k = 0; k <= clusterOf.Max(); k++)
        {
            int[] members = [.. Enumerable.Range(0, images.Count).Where(i => clusterOf[i] == k).Take(32)];
            ContactSheet.Draw(string.Create(CultureInfo.InvariantCulture, $"cluster {k}: {clusterOf.Count(c => c == k)} images"),
                [.. members.Chunk(8).Select(row => new SheetRow("", images, row))], 8, outlines: true)
                    .Save(Path.Combine(work.Folder, "sheets", $"cluster-{k}.png"));
        }

        using var text = new StringWriter(CultureInfo.InvariantCulture);
        CsvFile.Write(text, images.Rows.Select((r, i) => new[] { r.Id, clusterOf[i].ToString(CultureInfo.InvariantCulture) })
            .Prepend(Columns));
        Durable.WriteText(file, text.ToString());
        return clusterOf;
    }
}
