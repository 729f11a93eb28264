using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Odm.Pipeline.Execution;

namespace Odm.Cli;

/// <summary>The <c>odm</c> command. Each command's file declares its arguments and what they do.</summary>
internal static class OdmCommand
{
    /// <summary>The command with all below it.</summary>
    public static Command Root() => new("odm", "Diffusion augmentation studies on medical images: what a balanced synthetic set was "
        + "worth, with intervals.")
    {
        new HelpOption { Recursive = true },
        new VersionOption(),
        RunCommand.Make(), StagesCommand.Make(), StageCommand.Make(), SchemaCommand.Make(), SampleCommand.Make(), DataCommand.Make(),
            ScoreCommand.Make(),
            ExportCommand.Make(), WeightsCommand.Make(), DoctorCommand.Make(),
            BenchCommand.Make(),
    };

    /// <summary>Runs a command line; the exit code is 0, 2 (the user's mistake) or 130 (interrupted).</summary>
    public static int Run(string[] args)
    {
        var parsed = Root().Parse(args);
        if (parsed.Errors.Count > 0 && parsed.Action is null or ParseErrorAction)
        {
            var path = string.Join(' ', CommandPath(parsed));
            var faults = parsed.Errors.Select(e => string.Join(' ', e.Message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
                .TrimEnd('.'));
            Console.Error.WriteLine($"{string.Join("; ", faults)} (see: {path} --help)");
            return Outcome.UserMistake;
        }

        // internal errors pass through with their stack; signals are heard by Interruption
        return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
    }

    private static IEnumerable<string> CommandPath(ParseResult parsed)
    {
        var names = new Stack<string>();
        for (System.CommandLine.Parsing.SymbolResult? at =
            parsed.CommandResult; at is System.CommandLine.Parsing.CommandResult command; at = at.Parent)
        {
            names.Push(command.Command.Name);
        }

        return names;
    }
}
