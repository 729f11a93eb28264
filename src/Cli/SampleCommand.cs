using System.CommandLine;
using System.Globalization;
using Odm.Augment.Generators;
using Odm.Augment.Plans;
using Odm.Data.Images;
using Odm.Engine.Runtime;
using Odm.Pipeline.Execution;
using Odm.Pipeline.Sets;

namespace Odm.Cli;

/// <summary><c>odm sample</c>: images of a trained generator, or one image again from its provenance row.</summary>
internal static class SampleCommand
{
    /// <summary>Declares it.</summary>
    public static Command Make()
    {
        var from = new Option<string?>("--generator") { Description = "Folder of a trained generator (a train stage).", HelpName = "DIR" };
        var label = new Option<string?>("--label") { Description = "Class by name, or its index from 0.", HelpName = "K|NAME" };
        var count = new Option<int>("--count") { DefaultValueFactory = _ => 16, Description = "Images to make.", HelpName = "N" };
        var seed = new Option<ulong>("--seed") { Description = "Seed of the set.", HelpName = "S" };
        var row = new Option<string[]>("--from-row")
        {
            Arity = new ArgumentArity(2, 2),
            AllowMultipleArgumentsPerToken = true,
            Description = "Makes one image of a synthetic set again, bit for bit on the same device and thread count.",
            HelpName = "SETDIR ID"
        };
        var to = new Option<string>("--out") { Required = true, Description = "Folder of the set to write.", HelpName = "SETDIR" };
        var device = new Option<string>("--device") { DefaultValueFactory = _ => "auto", Description = "auto, cpu, cuda or cuda:N." };
        var threads = new Option<int>("--threads") { Description = "Threads of the engine; 0 takes all cores." };
        var command = new Command("sample", "Images of a trained generator, as a set with provenance; or one image again from its row.") {
            from, label, count, seed, row, to, device, threads };
        command.SetAction(parsed => Outcome.Of((interruption, progress) =>
        {
            var folder = DataCommand.Folder(parsed.GetRequiredValue(to));
            var context = Machine.Plain(progress.Report, interruption.Token)
                with
            { Device = Machine.Use(parsed.GetRequiredValue(device), parsed.GetValue(threads)) };
            if (parsed.GetValue(row) is { Length: 2 } asked)
            {
                Again(asked[0], asked[1], parsed.GetValue(from), folder, context);
                return;
            }

            var generator = parsed.GetValue(from)
                ?? throw new StudyException("odm sample: --generator DIR or --from-row SETDIR ID is needed");
            var name = parsed.GetValue(label) ?? throw new StudyException("--label: missing; the class to draw, by name or index");
            progress.Start();
            Draw(generator, name, parsed.GetValue(count), parsed.GetValue(seed), folder, context);
        }));
        return command;
    }

    private static void Draw(string folder, string label, int count, ulong seed, string to, RunContext context)
    {
        if (count < 1)
        {
            throw new StudyException($"--count {count}: at least 1 is needed");
        }

        var origin = SetOrigin.OfTraining(folder);
        context = context with { Precision = origin.Precision };
        TorchEngine.Demand(context.Precision, context.Device);
        using var generator = origin.Config.Open(folder, context);
        if (File.Exists(Path.Combine(folder, TrainingList.FileName)))
        {
            TrainingList.Read(folder); // a list beside another's checkpoint would mislead
        }

        var k = generator.ClassNames.ToList().IndexOf(label);
        if (k < 0 && (!int.TryParse(label, NumberStyles.None, CultureInfo.InvariantCulture, out k) || k >= generator.Classes))
        {
            throw new StudyException($"--label {label}: the generator knows {string.Join(", ", generator.ClassNames)} (or 0 to "
                + $"{generator.Classes - 1})");
        }

        var counts = new int[generator.Classes];
        counts[k] = count;
        if (ImageSetFolder.Exists(to))
        {
            Directory.Delete(to, recursive: true);
        }

        DataCommand.Describe(to, Filled(() =>
        {
            var set = Synthesis.Fill(generator, new Plan { Counts = counts }, seed, generator.ClassNames, to, context, "sample");
            origin.Write(to);
            return set;
        }, to));
    }

    // an interruption keeps the parts to go on from; a fault (a full disk) leaves nothing
    private static ImageSet Filled(Func<ImageSet> fill, string to)
    {
        try
        {
            return fill();
        }
        catch (Exception e) when (e is UserException or IOException)
        {
            foreach (var left in new[] { to, to.TrimEnd('/') + ".parts" }.Where(Directory.Exists))
            {
                Directory.Delete(left, recursive: true);
            }

            throw;
        }
    }

    private static void Again(string setFolder, string id, string? generatorFolder, string to, RunContext context)
    {
        var set = ImageSet.Open(setFolder);
        var index = set.Rows.Select((r, i) => (r, i)).Where(x => x.r.Id == id).Select(x => (int?)x.i).FirstOrDefault()
            ?? throw new DatasetException($"{setFolder}: has no row with id '{id}' (the first is '{set.Rows[0].Id}')");
        var row = set.Rows[index];
        if (row.Provenance is null)
        {
            throw new DatasetException($"{setFolder}: {id} is a real image; only synthetic ones can be made again");
        }

        var origin = generatorFolder is null ? SetOrigin.Read(setFolder) : SetOrigin.OfTraining(generatorFolder);
        TorchEngine.Demand(context.Precision, context.Device);
        var again = origin.Config.Regenerate(new()
        {
            Trained = origin.Generator,
            Set = set,
            Index = index,
            Sources = origin.Sources is { } sources ? ImageSet.Open(sources).OfSplit("train") : null,
            Finished = origin.Finished,
            Context = context with { Precision = origin.Precision },
        });
        again.Save(to);
        origin.Write(to);
        Console.Out.WriteLine(again.Rows[0].Sha256 == row.Sha256
            ? $"{to}: {id}, equal bit for bit (sha256 {row.Sha256[..12]})"
            : $"{to}: {id} differs from the row's sha256: another device, thread count or engine made it");
    }
}
