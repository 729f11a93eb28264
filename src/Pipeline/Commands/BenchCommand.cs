using System.CommandLine;
using System.Text.Json.Nodes;
using Odm.Augment;
using Odm.Data;
using Odm.Data.Kernels;
using Spectre.Console;

namespace Odm.Pipeline;

/// <summary><c>odm bench unet</c>: speed and memory of Ho's U-Net in the study's own training and sampling code.</summary>
internal static class BenchCommand
{
    /// <summary>Declares it.</summary>
    public static Command Make()
    {
        var channels = Number("--channels", 64, "Base channels.");
        var size = Number("--size", 32, "Side of the images in pixels.");
        var batch = Number("--batch", 32, "Images a step.");
        var steps = Number("--steps", 5, "Timed steps; medians are printed.");
        var soak = Number("--soak", 0, "Also trains N steps and prints resident memory after step 50 and N.");
        var threads = Number("--threads", 0, "Threads of the engine; 0 takes all cores.");
        var precision = new Option<string>("--precision") { DefaultValueFactory = _ => "fp32", HelpName = "fp32|bf16", Description = "Number format of convolutions and linear layers." };
        precision.AcceptOnlyFromAmong("fp32", "bf16");
        var device = new Option<string>("--device") { DefaultValueFactory = _ => "cpu", Description = "auto, cpu, cuda or cuda:N." };
        var seed = new Option<ulong>("--seed") { Description = "Seed of weights, batches and noise.", HelpName = "S" };
        var composed = new Option<bool>("--composed") { Description = "The same network from published operators alone, without the engine's fused steps." };
        var json = new Option<bool>("--json") { Description = "One line of JSON." };
        var unet = new Command("unet", "The U-Net of Ho et al. with dropout, loss, backward and Adam.") { channels, size, batch, steps, precision, soak, device, threads, seed, composed, json };
        unet.SetAction(parsed => Outcome.Of((interruption, progress) =>
        {
            var asked = new UNetBench(parsed.GetValue(channels), parsed.GetValue(size), parsed.GetValue(batch), parsed.GetValue(steps), parsed.GetValue(soak), parsed.GetValue(seed));
            asked.Check();
            Fusion.Enabled = !parsed.GetValue(composed);
            var format = parsed.GetRequiredValue(precision) == "bf16" ? Precision.Bf16 : Precision.Fp32;
            var context = new RunContext(Machine.Use(parsed.GetRequiredValue(device), parsed.GetValue(threads), format), format, _ => { }, interruption.Token);
            Print(asked.Run(context), parsed.GetValue(json));
        }));
        return new Command("bench", "Speed and memory of the engine in the study's own code.") { unet };
    }

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

    private static Option<int> Number(string name, int value, string text) => new(name) { DefaultValueFactory = _ => value, Description = text, HelpName = "N" };
}
