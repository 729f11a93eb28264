using System.CommandLine;
using System.Globalization;
using Odm.Classify;
using Odm.Data;
using Odm.Data.Native;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.PixelFormats;
using Spectre.Console;

namespace Odm.Pipeline;

/// <summary><c>odm doctor</c>: what this machine gives Odm, and what to install.</summary>
internal static class DoctorCommand
{
    // an uncompressed TIFF of one white pixel, little-endian: header, directory of 8 entries, the pixel
    private static readonly byte[] Tiff = Convert.FromBase64String(
        "SUkqAAgAAAAIAAABAwABAAAAAQAAAAEBAwABAAAAAQAAAAIBAwABAAAACAAAAAMBAwABAAAAAQAAAAYBAwABAAAAAQAAABEBBAABAAAAbgAAABYBAwABAAAAAQAAABcBBAABAAAAAQAAAAAAAAD/");

    /// <summary>Declares it.</summary>
    public static Command Make()
    {
        var command = new Command("doctor", "Versions of the packages, libstdc++, processor, threads, device, codecs, measured speed; says what to install.");
        command.SetAction(_ => Outcome.Of((_, _) => Print()));
        return command;
    }

    private static void Print()
    {
        Engine.Start();
        var device = Engine.Resolve("auto");
        var speed = Engine.GemmGflops(TorchSharp.torch.CPU, 2048);
        var advice = new List<string>();
        var table = new Table().HideHeaders().AddColumns("what", "found");
        table.AddRow("odm", Versions.Product.EscapeMarkup());
        table.AddRow(".NET", Environment.Version.ToString());
        foreach (var (name, type) in new[]
        {
            ("TorchSharp", typeof(TorchSharp.torch)), ("ImageSharp", typeof(Image)), ("CsvHelper", typeof(CsvHelper.CsvReader)), ("MathNet.Numerics", typeof(MathNet.Numerics.Euclid)),
            ("Spectre.Console", typeof(Table)), ("System.CommandLine", typeof(Command)), ("YamlDotNet", typeof(YamlDotNet.RepresentationModel.YamlStream)),
        })
        {
            table.AddRow(name, Versions.Of(type).EscapeMarkup());
        }

        table.AddRow("libtorch", Engine.LibtorchVersion.EscapeMarkup());
        table.AddRow("libstdc++", NativeLibraries.Finding.EscapeMarkup());
        table.AddRow("processor", Processor.This.ToString().EscapeMarkup());
        table.AddRow("precision: auto", Scalars.Write(Engine.FastestPrecision(device)));
        table.AddRow("threads", string.Create(CultureInfo.InvariantCulture, $"{Engine.Threads} of {Environment.ProcessorCount} cores"));
        table.AddRow("device", device.type == TorchSharp.DeviceType.CUDA ? device.ToString().EscapeMarkup() : "cpu (no CUDA in this libtorch, or no CUDA device)");
        table.AddRow("float product 2048", string.Create(CultureInfo.InvariantCulture, $"{speed:0.0} GFLOP/s on the CPU"));
        if (device.type == TorchSharp.DeviceType.CUDA)
        {
            table.AddRow("float product 4096", string.Create(CultureInfo.InvariantCulture, $"{Engine.GemmGflops(device, 4096):0} GFLOP/s on {device}"));
        }

        foreach (var (name, works) in new[] { ("PNG", Round(i => i.SaveAsPng)), ("JPEG", Round(i => i.SaveAsJpeg)), ("TIFF", Works(() => Image.Load<Rgb24>(new MemoryStream(Tiff)).Dispose())) })
        {
            table.AddRow(name, !works ? "does not work" : name == "TIFF" ? "reads" : "reads and writes");
            if (!works)
            {
                advice.Add($"{name} files cannot be read: the build is not whole; delete bin and obj and build again");
            }
        }

        table.AddRow("ImageNet ResNet-50", ImageNetWeights.Cached ? ImageNetWeights.File.EscapeMarkup() : "not fetched (./odm weights resnet50; only weights: imagenet needs it)");
        var console = Terminal.Out();
        console.Write(table);
        foreach (var line in advice.DefaultIfEmpty("nothing is missing"))
        {
            Console.Out.WriteLine(line);
        }
    }

    private static bool Round(Func<Image<Rgb24>, Action<Stream>> save) => Works(() =>
    {
        using var image = new Image<Rgb24>(8, 8);
        using var bytes = new MemoryStream();
        save(image)(bytes);
        bytes.Position = 0;
        Image.Load<Rgb24>(bytes).Dispose();
    });

    private static bool Works(Action action)
    {
        try
        {
            action();
            return true;
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException or TypeInitializationException or ImageFormatException)
        {
            return false;
        }
    }
}
