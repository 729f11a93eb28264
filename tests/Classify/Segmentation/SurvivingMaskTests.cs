using Odm.Classify.Metrics;
using Odm.Data.Batching;
using Odm.Data.Images;
using Odm.Data.Import;
using Odm.Engine.Runtime;
using Odm.Tests;
using static TorchSharp.torch;

namespace Odm.Classify.Tests;

/// <summary>A mask that nothing changes scores a Dice of 1 against itself through import, resize, file, batch and metric.</summary>
public sealed class SurvivingMaskTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_drawn_mask_scores_one_against_itself()
    {
        var rng = new Rng(1);
        for (var i = 0; i < 6; i++)
        {
            var (y, x, r) = (rng.NextInt(96), rng.NextInt(96), 5 + rng.NextInt(30));
            // grey edges, as in a file that was saved as JPEG
            byte[] mask = [.. Enumerable.Range(0, 96 * 96).Select(p => (byte)Math.Clamp(255 * (r + .5 - Math.Sqrt(Math.Pow(p / 96 - y, 2) + Math.Pow(p % 96 - x, 2))), 0, 255))];
            ImageFiles.SavePng(folder[$"images/{i}.png"], mask, 1, 96, 96);
            ImageFiles.SavePng(folder[$"masks/{i}.png"], mask, 1, 96, 96);
        }
        Survives(6);
    }

    [SharedDataFact("kvasir_seg_256")]
    public void A_real_mask_scores_one_against_itself()
    {
        foreach (var kind in new[] { "images", "masks" })
        {
            Directory.CreateDirectory(folder[kind]);
            foreach (var file in Directory.EnumerateFiles(SharedData.Path($"kvasir_seg_256/{kind}")).Order(StringComparer.Ordinal).Take(8))
            {
                File.Copy(file, folder[Path.Combine(kind, Path.GetFileName(file))]);
            }
        }
        Survives(8);
    }

    private void Survives(int count)
    {
        var imported = Importer.Import(new DatasetConfig { Kind = DatasetKind.ImageMask, Images = folder["images"], Masks = folder["masks"], Preprocess = [PreprocessStep.Parse("resize: 64")] }, null);
        imported.Save(folder["set"]);
        var set = ImageSet.Open(folder["set"]);
        set.Count.ShouldBe(count);
        using var scope = NewDisposeScope();
        var batches = new Batches(set, 3, 1, "test", Normalisation.Fit(NormalisationKind.ImageNet, set), dropLast: false);
        var rows = new List<MaskScores>();
        for (var step = 0; step < batches.PerEpoch; step++)
        {
            var batch = batches.At(step);
            var masks = batch.Masks!.data<float>().ToArray();
            for (var slot = 0; slot < batch.Indices.Count; slot++)
            {
                var i = batch.Indices[slot];
                rows.Add(MaskScores.Of(set.Rows[i].Id, set.Rows[i].Id, set.Mask(i), masks.AsSpan(slot * 64 * 64, 64 * 64), 64, 64));
            }
        }
        rows.Select(r => r.Id).Order(StringComparer.Ordinal).ShouldBe(set.Rows.Select(r => r.Id).Order(StringComparer.Ordinal));
        rows.ShouldAllBe(r => r.Tp > 0 && r.Tn > 0);
        var facts = SegmentationMetrics.Score(new(rows), new() { Replicates = 50 }).ToDictionary(f => f.Metric, StringComparer.Ordinal);
        foreach (var metric in new[] { "dice_hard", "dice_soft", "iou", "dice_global", "iou_global" })
        {
            (facts[metric].Value, facts[metric].Low, facts[metric].High).ShouldBe((1, 1, 1), metric);
        }
        facts["hd95"].Value.ShouldBe(0);
    }
}
