using System.CommandLine;
using System.Globalization;
using Odm.Classify.Classification;
using Odm.Classify.Segmentation;
using Odm.Engine.Runtime;
using Odm.Pipeline.Execution;
using Odm.Pipeline.Graph;

namespace Odm.Cli;

/// <summary><c>odm export</c>: a trained downstream network as an ONNX file.</summary>
internal static class ExportCommand
{
    /// <summary>Declares it.</summary>
    public static Command Make()
    {
        var run = new Argument<string>("RUN") { Description = "Folder of a run, or of one fit stage." };
        var arm = new Option<string?>("--arm") { Description = "The arm whose network is wanted.", HelpName = "NAME" };
        var seed = new Option<ulong>("--seed") { DefaultValueFactory = _ => 1, Description = "Its seed.", HelpName = "S" };
        var to = new Option<string>("--out") { Required = true, Description = "The file to write.", HelpName = "FILE.onnx" };
        var command = new Command("export", "Writes a trained classifier or segmenter as ONNX, preprocessing and class names included.")
        {
            run, arm, seed, to,
        };
        command.SetAction(parsed => Outcome.Of((interruption, progress) =>
        {
            var context = Machine.Plain(progress.Report, interruption.Token);
            var folder = Fit(parsed.GetRequiredValue(run), parsed.GetValue(arm), parsed.GetValue(seed));
            Write(folder, parsed.GetRequiredValue(to), context);
        }));
        return command;
    }

    private static void Write(string folder, string file, RunContext context)
    {
        if (Directory.Exists(file))
        {
            throw new StudyException($"--out {file}: is a folder; give a file");
        }

        string text;
        if (File.Exists(Path.Combine(folder, "segmenter.json")))
        {
            using var segmenter = TrainedSegmenter.Load(folder, context);
            segmenter.Export(file, Versions.Product);
            text = "image [N, C, H, W] 0 to 255 -> probability [N, 1, H, W], mask [N, 3, H, W]";
        }
        else
        {
            using var classifier = TrainedClassifier.Load(folder, context);
            classifier.Export(file, Versions.Product);
            text = $"image [N, C, H, W] 0 to 255 -> probabilities [N, {classifier.Classes.Count}] of "
                + $"{string.Join(", ", classifier.Classes)}; class [N]";
        }

        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{file}: {text}; {new FileInfo(file).Length / 1e6:0.0} MB"));
    }

    private static string Fit(string run, string? arm, ulong seed)
    {
        if (File.Exists(Path.Combine(run, "classifier.json")) || File.Exists(Path.Combine(run, "segmenter.json")))
        {
            return run;
        }

        var stages = Path.Combine(run, "stages");
        if (!Directory.Exists(stages))
        {
            throw new StudyException($"{run}: is no run, no fit stage; expected a folder with stages/ or classifier.json");
        }

        var name = StageKind.Fit.Name + "-";
        var fits = Directory.EnumerateDirectories(stages, name + "*").Where(f => File.Exists(Path.Combine(f, "stage.json")))
            .Select(f => (Folder: f, Subject: Path.GetFileName(f)[name.Length..Path.GetFileName(f).LastIndexOf('-')])).ToList();
        var wanted = arm is null ? null : string.Create(CultureInfo.InvariantCulture, $"{arm}-{seed}");
        var found = fits.Where(f => f.Subject == wanted).ToList();
        return found.Count switch
        {
            1 => found[0].Folder,
            0 => throw new StudyException($"{run}: "
                + $"{(wanted is null ? "--arm is missing" : $"has no finished fit of {wanted} (arm, seed)")}; there are {Names(fits)}"),
            _ => throw new StudyException($"{run}: {found.Count} fits of {wanted} are there, of different settings; give the folder "
                + "of one: "
                + string.Join(", ", found.Select(f => f.Folder))),
        };
    }

    private static string Names(IEnumerable<(string Folder, string Subject)> fits) => string.Join(", ", fits.Select(f => f.Subject)
        .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).DefaultIfEmpty("none"));
}
