using Microsoft.ML;
using Odm.Data.Images;
using Odm.Data.Import;
using Odm.Data.Splitting;
using Odm.Engine.Runtime;
using Odm.MLNet.Judges;
using Odm.MLNet.Running;
using Odm.MLNet.Views;
using Odm.Pipeline.Configuration;
using Odm.Pipeline.Execution;

namespace Odm.MLNet.Comparing;

/// <summary>
/// Makes a study file of a view and options and runs it, so that stages, statistics, report and faults are those of the command. The
/// folder holds <c>data/</c> (the view as an image set), <c>study.yaml</c>, which the command runs too, and <c>run/</c>.
/// </summary>
internal static class ViewStudy
{
    private const string DataFolder = "data";
    private const string RunFolder = "run";
    private const string File = "study.yaml";

    /// <summary>Runs the study, going on from what its folder holds.</summary>
    public static Comparison Run(MLContext context, IDataView data, ComparisonOptions options) => Runs.Checked(() =>
    {
        MlNetJudges.Register();
        var reader = ImageReader.Open(data, options.Columns, labels: !options.Downstream.Masks, masks: options.Downstream.Masks);
        Real(reader, options.Columns);
        var folder = options.Folder ?? Path.Combine("runs", options.Name);
        var study = Of(reader.Rows, options, Path.Combine(folder, DataFolder));
        Runs.Refuse(study.Faults(""));
        reader.Save(study.Dataset.Path!);
        Studies.Write(study, Path.Combine(folder, File));
        using var log = new LogWriter(context);
        return new Comparison(Studies.Run(new()
        {
            File = Path.Combine(folder, File),
            Folder = Path.Combine(folder, RunFolder),
            Progress = log,
            Cancel = options.Cancel,
        }));
    });

    private static Study Of(IReadOnlyList<ImageRow> rows, ComparisonOptions options, string data) => new()
    {
        Name = options.Name,
        Dataset = new() { Kind = DatasetKind.Set, Path = data },
        Split = options.Split ?? SplitOf(rows),
        Generators = options.Generators,
        Arms = options.Arms,
        Downstream = options.Downstream,
        Primary = options.Primary,
        Audit = options.Audit,
        ImageMetrics = options.ImageMetrics,
        Seeds = options.Seeds ?? [options.Seed],
        Device = options.Device,
        Precision = options.Precision ?? TorchEngine.FastestPrecision(TorchEngine.Resolve(options.Device)),
        Threads = options.Threads,
        Workers = options.Workers,
    };

    private static SplitConfig SplitOf(IReadOnlyList<ImageRow> rows) => rows.Any(r => r.Split == "test")
        ? new() { Kind = SplitKind.Official, Val = .15 }
        : new() { Kind = rows.Any(r => r.Group.Length > 0) ? SplitKind.Group : SplitKind.Stratified, Val = .15, Test = .2 };

    private static void Real(ImageReader reader, ImageColumns columns)
    {
        if (reader.Label is not null)
        {
            reader.Labelled();
        }
        if (reader.Rows.FirstOrDefault(r => r.Origin == ImageRow.Synthetic) is { } made)
        {
            throw new ArgumentException($"column '{columns.Origin}': row '{made.Id}' is synthetic; must be real: a comparison makes its "
                + "own synthetic images from the training side");
        }
    }
}
