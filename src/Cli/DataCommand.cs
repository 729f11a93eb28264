using System.CommandLine;
using System.Globalization;
using Odm.Data.Drawing;
using Odm.Data.Images;
using Odm.Data.Import;
using Odm.Data.Splitting;
using Odm.Engine.Runtime;
using Odm.Pipeline.Configuration;
using Odm.Pipeline.Execution;
using Odm.Pipeline.Preparing;
using Odm.Pipeline.Reports;
using Spectre.Console;

namespace Odm.Cli;

/// <summary><c>odm data</c>: image sets made, shown and guarded by hand.</summary>
internal static class DataCommand
{
    /// <summary>Declares it.</summary>
    public static Command Make() => new("data", "Image sets: import, show, guard.") { Import(), Show(), Guarded() };

    private static Command Import()
    {
        var kind = new Option<string>("--kind")
        {
            Required = true,
            Description = "What to read.",
            HelpName = string.Join("|", EnumWords.All<DatasetKind>())
        };
        var path = Text("--path", "PATH", "Folder, CSV file, .npz file or set.");
        var images = Text("--images", "DIR", "Folder of the images (csv, image-mask).");
        var masks = Text("--masks", "DIR", "Folder of the masks (csv, image-mask).");
        var threshold = new Option<double>("--threshold")
        {
            DefaultValueFactory = _ => .5,
            Description = "Share of white from which a mask pixel counts.",
            HelpName = "0..1"
        };
        var size = new Option<int?>("--size")
        {
            Description = "Side in pixels: of the phantom, else images are resized to it.",
            HelpName = "N"
        };
        var count = new Option<int>("--count") { DefaultValueFactory = _ => 1000, Description = "Images of the phantom.", HelpName = "N" };
        var seed = new Option<ulong>("--seed") { Description = "Seed of the phantom.", HelpName = "S" };
        var image = Text("--image-column", "C", "Column of the image file (csv); image by default.");
        var label = Text("--label-column", "C", "Column of the class (csv); label by default.");
        var group = Text("--group-column", "C", "Column of the patient or lesion (csv).");
        var groups = Text("--groups", "FILE", "Table first_frame,last_frame,sequence for the numbers in the names (image-mask, "
            + "imagefolder), relative to the path.");
        var split = Text("--split-column", "C", "Column of the official split (csv).");
        var mask = Text("--mask-column", "C", "Column of the mask file (csv).");
        var values = MaskValues.Option("--mask-values", "Stored values that are the mask, where mask files are maps of labels.");
        var classes = Text("--classes", "A,B,...", "Class values in order; those found by default.");
        var pattern = Text("--group-pattern", "REGEX", "Finds the patient in the file name (csv, imagefolder, image-mask).");
        var contradictions = new Option<string>("--contradictions")
        {
            DefaultValueFactory = _ => "refuse",
            Description = "What images do that are in one side under several labels.",
            HelpName = "refuse|exclude|report"
        };
        contradictions.AcceptOnlyFromAmong("refuse", "exclude", "report");
        var to = new Option<string>("--out")
        {
            Required = true,
            Description = "The set's folder, new or a set to be replaced.",
            HelpName = "SETDIR"
        };
        var command = new Command("import", "Makes an image set: images.npy, masks.npy, rows.csv, set.json.") { kind, path, images, masks,
            threshold, size, count, seed, image, label, group, groups, split, mask, values, classes, pattern, contradictions, to };
        command.SetAction(parsed => Outcome.Of((interruption, progress) =>
        {
            var word = parsed.GetRequiredValue(kind);
            var named = EnumWords.Find<DatasetKind>(word)
                ?? throw new StudyException(EnumWords.Fault(typeof(DatasetKind), "dataset.kind", word));
            var side = parsed.GetValue(size);
            var config = new DatasetConfig
            {
                Kind = named,
                Path = parsed.GetValue(path),
                Images = parsed.GetValue(images),
                Masks = parsed.GetValue(masks),
                ImageColumn = parsed.GetValue(image) ?? "image",
                LabelColumn = parsed.GetValue(label) ?? "label",
                GroupColumn = parsed.GetValue(group),
                Groups = parsed.GetValue(groups),
                SplitColumn = parsed.GetValue(split),
                MaskColumn = parsed.GetValue(mask),
                Threshold = parsed.GetValue(threshold),
                MaskValues = MaskValues.Parse(parsed.GetValue(values), "--mask-values"),
                Classes = parsed.GetValue(classes)?.Split(',', StringSplitOptions.TrimEntries) ?? [],
                GroupPattern = parsed.GetValue(pattern),
                Contradictions = Enum.Parse<Contradictions>(parsed.GetRequiredValue(contradictions), ignoreCase: true),
                Size = named == DatasetKind.Phantom ? side ?? 64 : 64,
                Count = parsed.GetValue(count),
                Seed = parsed.GetValue(seed),
                Preprocess = named != DatasetKind.Phantom && side is { } n ? [new PreprocessStep(PreprocessStep.Resize, n)] : [],
            };
            Refuse(config.Faults("dataset"));
            var folder = Folder(parsed.GetRequiredValue(to));
            var set = Importer.Import(config, Machine.Plain(progress.Report, interruption.Token));
            set.Save(folder);
            progress.Clear();
            Describe(folder, ImageSet.Open(folder));
        }));
        return command;
    }

    private static Command Show()
    {
        var folder = new Argument<string>("SETDIR") { Description = "An image set." };
        var sheet = Text("--sheet", "PNG", "Also draws a contact sheet, a row a class.");
        var command = new Command("show", "Prints what an image set holds.") { folder, sheet };
        command.SetAction(parsed => Outcome.Of((_, _) =>
        {
            var set = ImageSet.Open(parsed.GetRequiredValue(folder));
            Describe(parsed.GetRequiredValue(folder), set);
            if (parsed.GetValue(sheet) is { } png)
            {
                ContactSheet.OfClasses(Path.GetFileName(Path.GetFullPath(parsed.GetRequiredValue(folder)).TrimEnd('/')), set,
                    outlines: true).Save(png);
            }
        }));
        return command;
    }

    private static Command Guarded()
    {
        var folders = new Argument<string[]>("SETDIR|STUDY.yaml")
        {
            Arity = ArgumentArity.OneOrMore,
            Description = "Image sets; a single one, or a study's dataset, is compared between its own train, val and test; a study's "
                + "transfer sets are compared too."
        };
        var set = new Option<string[]>("--set")
        {
            Description = "Sets a field of the study, as in odm run.",
            HelpName = "path.to.field=value"
        };
        var near = new Option<string>("--near")
        {
            DefaultValueFactory = _ => EnumWords.Of(NearDuplicateAction.Report),
            Description = "Near duplicates: count them, count them as a fault (exit 2), or do not look.",
            HelpName = "report|stop|off"
        };
        near.AcceptOnlyFromAmong([.. EnumWords.All<NearDuplicateAction>()]);
        var features = Text("--near-features", "NAME",
            "Network or its files whose features say what is a near duplicate; spectra of grey pixels by default.");
        var command = new Command("guard", "Looks for equal images, shared groups (patients, lesions) and near duplicates across sets; "
            + "exit code 2 where there are any of the first two.") { folders, set, near, features };
        command.SetAction(parsed => Outcome.Of((interruption, progress) =>
        {
            var context = Machine.Plain(progress.Report, interruption.Token);
            string[] places = parsed.GetRequiredValue(folders), fields = parsed.GetValue(set) ?? [];
            IReadOnlyList<(string, ImageSet)> sides = [.. GuardTable.Sides([.. places.Select(f => (f, Guarded(f, fields, context)))]),
                .. places.Where(IsStudy).SelectMany(f => StudyImages.Transfer(f, fields, context)
                    .Select(t => ($"transfer {t.Name}", t.Set)))];
            var action = EnumWords.Find<NearDuplicateAction>(parsed.GetRequiredValue(near));
            var pairs = action == NearDuplicateAction.Off ? null
                : NearGuard.Find(sides, parsed.GetValue(features), "--near-features", context);
            progress.Clear();
            GuardTable.Print(sides, pairs);
            GuardTable.Refuse(sides, action == NearDuplicateAction.Stop ? pairs! : []);
        }));
        return command;
    }

    // a study's dataset, split as the study says
    private static ImageSet Guarded(string place, string[] set, RunContext context)
        => IsStudy(place) ? StudyImages.Read(place, set, context) : ImageSet.Open(place);

    private static bool IsStudy(string place) => !Directory.Exists(place) && Path.GetExtension(place) is (".yaml" or ".yml");

    /// <summary>A folder that a set may be written to.</summary>
    /// <exception cref="StudyException">It holds something else.</exception>
    public static string Folder(string path)
    {
        if (File.Exists(path) || (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any()
            && !ImageSetFolder.Exists(path)))
        {
            throw new StudyException($"--out {path}: exists and is no image set; give a new folder");
        }

        return path;
    }

    /// <summary>Prints a set's size, classes and sides.</summary>
    public static void Describe(string folder, ImageSet set)
    {
        var console = Terminal.Out();
        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{folder}: {set.Count} images of {set.Channels}x{set.Height}x{set.Width}"
            + $"{(set.HasMasks ? $" with masks ({set.EmptyMasks.Count} empty)" : "")}, "
            + $"{set.Rows.Select(r => r.Group).Where(g => g != "").Distinct(StringComparer.Ordinal).Count()} groups, content "
            + $"{set.ContentHash[..12]}"));
        var sides = set.Rows.Select(r => (r.Origin, r.Split)).Distinct().ToList();
        var table = new Table().AddColumn("class").AddColumn("images");
        foreach (var (origin, side) in sides)
        {
            table.AddColumn($"{origin}{(side == "" ? "" : " " + side)}");
        }

        for (var label = set.Rows.Any(r => r.Label < 0) ? -1 : 0; label < set.Classes.Count; label++)
        {
            var rows = set.Rows.Where(r => r.Label == label).ToList();
            table.AddRow([(label < 0 ? "no label" : set.Classes[label]).EscapeMarkup(), Number(rows.Count),
                .. sides.Select(s => Number(rows.Count(r => (r.Origin, r.Split) == s)))]);
        }

        console.Write(table);
        if (set.LeftOut.Count > 0)
        {
            Console.Out.WriteLine("left out or changed: " + string.Join("; ", set.LeftOut));
        }
    }

    private static void Refuse(IEnumerable<string> faults)
    {
        var text = string.Join("; ", faults.Select(f => f.Replace("dataset.", "--", StringComparison.Ordinal)
            .Replace('_', '-')));
        if (text.Length > 0)
        {
            throw new StudyException(text);
        }
    }

    private static Option<string?> Text(string name, string help, string description)
        => new(name) { HelpName = help, Description = description };

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
