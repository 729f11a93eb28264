using System.CommandLine;
using System.Globalization;
using Odm.Classify.Weights;
using Odm.Engine.Native;
using Odm.Engine.Runtime;
using Odm.Pipeline.Configuration;
using Odm.Pipeline.Execution;
using Odm.Pipeline.Graph;
using Odm.Pipeline.Reports;
using SixLabors.ImageSharp;
using Spectre.Console;

namespace Odm.Cli;

/// <summary><c>odm doctor</c>: what this machine gives Odm, and what to install.</summary>
internal static class DoctorCommand
{
    /// <summary>Declares it.</summary>
    public static Command Make()
    {
        var command = new Command("doctor", "Versions of the packages, libstdc++, processor, threads, device, codecs, measured speed; "
            + "says what to install.");
        command.SetAction(_ => Outcome.Of((_, _) => Print()));
        return command;
    }

    private static void Print()
    {
        TorchEngine.Start();
        var device = TorchEngine.Resolve("auto");
        var speed = TorchEngine.GemmGflops(TorchSharp.torch.CPU, 2048);
        var table = new Table().HideHeaders().AddColumns("what", "found");
        table.AddRow("odm", Versions.Product.EscapeMarkup());
        table.AddRow(".NET", Environment.Version.ToString());
        foreach (var (name, type) in new[]
        {
            ("TorchSharp", typeof(TorchSharp.torch)), ("ImageSharp", typeof(Image)), ("CsvHelper", typeof(CsvHelper.CsvReader)),
                ("MathNet.Numerics", typeof(MathNet.Numerics.Euclid)),
            ("Spectre.Console", typeof(Table)), ("System.CommandLine", typeof(Command)),
                ("YamlDotNet", typeof(YamlDotNet.RepresentationModel.YamlStream)),
        })
        {
            table.AddRow(name, Versions.Of(type).EscapeMarkup());
        }

        table.AddRow("libtorch", TorchEngine.LibtorchVersion.EscapeMarkup());
        table.AddRow("libstdc++", NativeLibraries.Finding.EscapeMarkup());
        table.AddRow("caches", NativeLibraries.Caches.EscapeMarkup());
        table.AddRow("processor", Processor.This.ToString().EscapeMarkup());
        table.AddRow("precision: auto", TorchEngine.FastestPrecision(device).ToString().ToLowerInvariant());
        table.AddRow("threads", string.Create(CultureInfo.InvariantCulture,
            $"{TorchEngine.Threads} of {Environment.ProcessorCount} cores"));
        table.AddRow("device", device.type == TorchSharp.DeviceType.CUDA ? device.ToString().EscapeMarkup()
            : "cpu (no CUDA in this libtorch, or no CUDA device)");
        table.AddRow("float product 2048", string.Create(CultureInfo.InvariantCulture, $"{speed:0.0} GFLOP/s on the CPU"));
        if (device.type == TorchSharp.DeviceType.CUDA)
        {
            table.AddRow("float product 4096", string.Create(CultureInfo.InvariantCulture,
                $"{TorchEngine.GemmGflops(device, 4096):0} GFLOP/s on {device}"));
        }

        var (jpeg, tiff) = (Versions.Of(typeof(BitMiracle.LibJpeg.Classic.jpeg_decompress_struct)),
            Versions.Of(typeof(BitMiracle.LibTiff.Classic.Tiff)));
        table.AddRow("image files", $"PNG (ImageSharp), JPEG (LibJpeg.NET {jpeg}), TIFF (LibTiff.NET {tiff})".EscapeMarkup());
        table.AddRow("ImageNet ResNet-50", ImageNetWeights.Cached ? ImageNetWeights.File.EscapeMarkup()
            : "not fetched (./odm weights resnet50; only weights: imagenet needs it)");
        var console = Terminal.Out();
        console.Write(table);
        Console.Out.WriteLine("nothing is missing");
    }

    private static string Words(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
