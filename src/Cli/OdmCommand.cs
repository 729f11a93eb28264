using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Text.RegularExpressions;
using Odm.MLNet.Judges;
using Odm.Pipeline.Execution;

namespace Odm.Cli;

/// <summary>The <c>odm</c> command. Each command's file declares its arguments and what they do.</summary>
internal static partial class OdmCommand
{
    /// <summary>The command with all below it.</summary>
    public static Command Root() => new("odm", "Diffusion augmentation studies on medical images: what a balanced synthetic set was "
        + "worth, with intervals.")
    {
        new HelpOption { Recursive = true },
        new VersionOption(),
        RunCommand.Make(), StagesCommand.Make(), StageCommand.Make(), SchemaCommand.Make(), SampleCommand.Make(), DataCommand.Make(),
            ScoreCommand.Make(), ReviewCommand.Make(),
            ExportCommand.Make(), WeightsCommand.Make(), DoctorCommand.Make(),
            BenchCommand.Make(), NightlyCommand.Make(),
    };

    /// <summary>
    /// Runs a command line; the exit code is 0, 2 (the user's mistake), 3 (a night with a regression) or 130 (interrupted).
    /// </summary>
    public static int Run(string[] args)
    {
        MlNetJudges.Register(); // what a study file may name
        var parsed = Root().Parse(args);
        if (parsed.Errors.Count > 0 && parsed.Action is null or ParseErrorAction)
        {
            var path = string.Join(' ', CommandPath(parsed));
            var faults = parsed.Errors.Select(e => Plain(string.Join(' ', e.Message.Split((char[]?)null,
                StringSplitOptions.RemoveEmptyEntries)).TrimEnd('.')));
            Console.Error.WriteLine($"{string.Join("; ", faults)} (see: {path} --help)");
            return Outcome.UserMistake;
        }

        // internal errors pass through with their stack; signals are heard by Interruption
        return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
    }

    // the parser names types of .NET: "Cannot parse argument '-1' for option '--seed' as expected type 'System.UInt64'"
    private static string Plain(string fault)
    {
        var parts = Unparsed().Match(fault);
        string Part(string name) => parts.Groups[name].Value;
        return parts.Success ? $"{Part("option")}: '{Part("value")}'; must be {Words(Part("type"))}" : fault;
    }

    private static string Words(string type) => type switch
    {
        _ when type.Contains("UInt", StringComparison.Ordinal) => "a whole number from 0",
        _ when type.Contains("Int", StringComparison.Ordinal) => "a whole number",
        _ when type.Contains("Double", StringComparison.Ordinal) || type.Contains("Single", StringComparison.Ordinal) => "a number",
        _ when type.Contains("Boolean", StringComparison.Ordinal) => "true or false",
        _ => "another value",
    };

    [GeneratedRegex("^Cannot parse argument '(?<value>.*?)' (?:for option '(?<option>[^']*)' |for command '(?<option>[^']*)' )?as expected "
        + "type '(?<type>[^']*)'", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Unparsed();

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
