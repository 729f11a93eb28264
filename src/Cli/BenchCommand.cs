using System.CommandLine;
using System.Text.Json.Nodes;
using Odm.Cli.Benchmarks;
using Odm.Engine.Kernels;
using Odm.Engine.Runtime;
using Odm.Pipeline.Execution;
using Odm.Pipeline.Reports;
using Spectre.Console;

namespace Odm.Cli;

/// <summary>
/// <c>odm bench unet|resnet</c>: speed and memory of Ho's U-Net and of ResNet-50 in the study's own training and sampling code.
/// </summary>
internal static class BenchCommand
{
    /// <summary>Declares it.</summary>
    public static Command Make()
    {
        var channels = Number("--channels", 64, "Base channels.");
        var size = Number("--size", 32, "Side of the images in pixels.");
        var batch = Number("--batch", 32, "Images per step.");
        var steps = Number("--steps", 5, "Timed steps; medians are printed.");
        var soak = Number("--soak", 0, "Also trains N steps and prints resident memory after step 50 and N.");
        var threads = Number("--threads", 0, "Threads of the engine; 0 takes all cores.");
        var precision = new Option<string>("--precision")
        {
            DefaultValueFactory = _ => "fp32",
            HelpName = "fp32|bf16",
            Description = "Number format of convolutions and linear layers."
        };
        precision.AcceptOnlyFromAmong("fp32", "bf16");
        var device = new Option<string>("--device") { DefaultValueFactory = _ => "cpu", Description = "auto, cpu, cuda or cuda:N." };
        var seed = new Option<ulong>("--seed") { Description = "Seed of weights, batches and noise.", HelpName = "S" };
        var composed = new Option<bool>("--composed")
        {
            Description =
            "The same network from published operators alone, without the engine's fused steps."
        };
        var json = new Option<bool>("--json") { Description = "One line of JSON." };
        var multipliers = new Option<string>("--multipliers")
        {
            DefaultValueFactory = _ => "1,2,2,2",
            HelpName = "N,N,...",
            Description = "Channels of each level over the base channels."
        };
        var blocks = Number("--blocks", 2, "Residual blocks a level.");
        var groups = new Option<int?>("--groups")
        {
            HelpName = "N",
            Description = "Groups of the norms; 32 where they divide the channels."
        };
        var patch = Number("--patch", 1, "Side of the patches folded into channels.");
        var dropout = new Option<double>("--dropout")
        {
            DefaultValueFactory = _ => .1,
            HelpName = "SHARE",
            Description = "Share that is dropped."
        };
        RunContext Context(ParseResult parsed, Interruption interruption)
        {
            Fusion.Enabled = !parsed.GetValue(composed);
            var format = parsed.GetRequiredValue(precision) == "bf16" ? Precision.Bf16 : Precision.Fp32;
            return new RunContext(Machine.Use(parsed.GetRequiredValue(device), parsed.GetValue(threads), format), format, _ => { },
                interruption.Token);
        }

        var unet = new Command("unet", "The U-Net of Ho et al. with dropout, loss, backward and Adam.")
        {
            channels, multipliers, blocks, groups, patch, dropout, size, batch, steps, precision, soak, device, threads, seed, composed,
                json,
        };
        unet.SetAction(parsed => Outcome.Of((interruption, progress) =>
        {
            var asked = new UNetBench(parsed.GetValue(channels), parsed.GetValue(size), parsed.GetValue(batch), parsed.GetValue(steps),
                parsed.GetValue(soak), parsed.GetValue(seed))
            {
                Multipliers = Numbers("--multipliers", parsed.GetRequiredValue(multipliers)),
                Blocks = parsed.GetValue(blocks),
                Groups = parsed.GetValue(groups),
                Patch = parsed.GetValue(patch),
                Dropout = parsed.GetValue(dropout),
            };
            asked.Check();
            Print(asked.Run(Context(parsed, interruption)), parsed.GetValue(json));
        }));
        var resnet = new Command("resnet", "ResNet-50 from scratch with loss, backward, clipping and AdamW.") { size, batch, steps,
            precision, device, threads, seed, composed, json };
        resnet.SetAction(parsed => Outcome.Of((interruption, progress) =>
        {
            var asked = new ResNetBench(parsed.GetValue(size), parsed.GetValue(batch), parsed.GetValue(steps), parsed.GetValue(seed));
            asked.Check();
            Print(asked.Run(Context(parsed, interruption)), parsed.GetValue(json));
        }));
        return new Command("bench", "Speed and memory of the engine in the study's own code.") { unet, resnet };
    }

    private static int[] Numbers(string option, string text) => [.. text.Split(',').Select(part =>
        int.TryParse(part, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number)
        && number > 0
            ? number : throw new StudyException($"{option} {text}: whole numbers of at least 1 with commas between them are needed"))];

    private static void Print(JsonObject figures, bool json)
    {
        if (json)
        {
            Console.Out.WriteLine(figures.ToJsonString());
            return;
        }

        var table = new Table().AddColumns("figure", "value");
        foreach (var (name, value) in figures)
        {
            table.AddRow(name, (value?.ToString() ?? "").EscapeMarkup());
        }

        Terminal.Out().Write(table);
    }

    private static Option<int> Number(string name, int value, string text)
        => new(name) { DefaultValueFactory = _ => value, Description = text, HelpName = "N" };
}
