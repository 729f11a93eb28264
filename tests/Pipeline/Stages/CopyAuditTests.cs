using System.Text.Json.Nodes;
using Odm.Classify.Audit;
using Odm.Data.Images;
using Odm.Data.Phantom;
using Odm.Engine.Runtime;
using Odm.Pipeline.Results;
using Odm.Pipeline.Stages;
using Odm.Tests;
using TorchSharp;

namespace Odm.Pipeline.Tests;

/// <summary>The audit of images that were painted into others.</summary>
public sealed class CopyAuditTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private static ImageSet Lesions(int count, ulong seed) => PhantomDataset.Draw(count, size: 32, seed, shares: [0, 0, 0, .5, .5]);

    private IReadOnlyList<string> Metrics(int held)
    {
        Directory.CreateDirectory(folder["audit"]);
        var (made, seen) = (Lesions(10, 1), Lesions(30, 2));
        var facts = new JsonObject();
        CopyAudit.Write(new("painted", made, seen, Lesions(held, 3), folder["audit"]) { Lesions = true }, facts,
            new(torch.CPU, Precision.Fp32, _ => { }, CancellationToken.None));
        facts.ContainsKey("left_out").ShouldBe(held < Memorisation.Least);
        return [.. FactsCsv.Read(folder["audit/facts.csv"]).Select(f => f.Metric)];
    }

    [Fact]
    public void Whole_images_are_measured_beside_the_lesions()
        => Metrics(30).ShouldBe(["copy_rate_lesion", "nn_ratio_lesion", "copy_rate", "nn_ratio"], ignoreOrder: true);

    [Fact]
    public void Too_few_images_are_left_out() => Metrics(10).ShouldBeEmpty();
}
