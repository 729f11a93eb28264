using System.Text.RegularExpressions;
using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Odm.Cli.Tests;

/// <summary>
/// Which folder of src/ may use which: namespaces follow folders, so that a type's namespace says where it stands. Arrows are read from the built assemblies (every type that a type
/// names, calls, holds or derives from) and from the <c>using</c> lines of the sources.
/// </summary>
public class ArchitectureTests
{
    // a project and those that it may use
    private static readonly Dictionary<string, string[]> Projects = new(StringComparer.Ordinal)
    {
        ["Engine"] = [],
        ["Data"] = ["Engine"],
        ["Augment"] = ["Engine", "Data"],
        ["Classify"] = ["Engine", "Data"],
        ["Pipeline"] = ["Engine", "Data", "Augment", "Classify"],
        ["MLNet"] = ["Engine", "Data", "Augment", "Classify", "Pipeline"],
        ["Cli"] = ["Engine", "Data", "Augment", "Classify", "Pipeline", "MLNet"],
    };

    // inside a project: a folder and those that it may use
    private const string Folders = """
        Engine/Runtime -> Native
        Engine/Files -> Runtime
        Engine/Layers -> Runtime
        Engine/Kernels -> Runtime
        Engine/Optimization -> Kernels, Runtime
        Data/Images ->
        Data/Phantom -> Images
        Data/Batching -> Images
        Data/Import -> Images, Phantom
        Data/Splitting -> Images
        Data/Drawing -> Images, Import
        Data/Guarding -> Images, Drawing, Splitting
        Augment/Plans ->
        Augment/Vgg ->
        Augment/Traditional -> Plans
        Augment/Diffusion/Process ->
        Augment/Diffusion/Samplers -> Diffusion/Process
        Augment/Diffusion/Networks ->
        Augment/Generators -> Plans
        Augment/Diffusion -> Generators, Diffusion/Networks, Diffusion/Process, Diffusion/Samplers
        Augment/Diffusion/Training -> Generators, Diffusion, Diffusion/Networks, Diffusion/Process, Diffusion/Samplers
        Augment/Diffusion/Family -> Generators, Plans, Diffusion, Diffusion/Networks, Diffusion/Process, Diffusion/Samplers, Diffusion/Training
        Augment/Inpainting/Clusters ->
        Augment/Inpainting/Masks -> Generators
        Augment/Inpainting -> Generators, Diffusion, Diffusion/Process, Diffusion/Samplers, Diffusion/Training, Inpainting/Masks
        Augment/Inpainting/Style -> Generators, Diffusion, Diffusion/Networks, Diffusion/Process, Diffusion/Samplers, Inpainting, Vgg
        Augment/Inpainting/Family -> Generators, Diffusion, Diffusion/Family, Diffusion/Process, Diffusion/Networks, Diffusion/Samplers, Diffusion/Training, Inpainting, Inpainting/Clusters, Inpainting/Masks, Inpainting/Style
        Augment/Gan/Losses ->
        Augment/Gan/Networks ->
        Augment/Gan/Augmenting -> Gan/Networks
        Augment/Gan/Training -> Generators, Gan/Augmenting, Gan/Losses
        Augment/Gan/Family -> Generators, Plans, Gan/Augmenting, Gan/Losses, Gan/Training
        Augment/Gan/CellGan -> Generators, Gan/Augmenting, Gan/Family, Gan/Losses, Gan/Networks, Gan/Training
        Augment/Gan/Dcgan -> Generators, Gan/Augmenting, Gan/Family, Gan/Losses, Gan/Networks, Gan/Training
        Augment/Gan/StyleGan -> Generators, Gan/Augmenting, Gan/Family, Gan/Losses, Gan/Networks, Gan/Training
        Augment/Gan/SinGan -> Generators, Gan/Family, Gan/Losses, Gan/Networks, Gan/Training, Vgg
        Augment/Variations -> Generators, Plans, Diffusion, Diffusion/Family, Diffusion/Process, Diffusion/Samplers
        Augment/Families -> Generators, Diffusion/Family, Inpainting/Family, Gan/CellGan, Gan/Dcgan, Gan/SinGan, Gan/StyleGan, Variations
        Classify/Exchange ->
        Classify/Networks -> Exchange
        Classify/Metrics ->
        Classify/Losses ->
        Classify/Weights -> Networks
        Classify/Readers -> Metrics
        Classify/Statistics -> Metrics
        Classify/Training -> Networks, Weights
        Classify/Classification -> Exchange, Losses, Metrics, Networks, Training, Weights
        Classify/Segmentation -> Classification, Exchange, Losses, Metrics, Networks, Training, Weights
        Classify/Features -> Classification, Exchange, Networks, Segmentation, Training, Weights
        Classify/Audit -> Features, Metrics
        Classify/ImageMetrics -> Audit, Features, Metrics
        Pipeline/Configuration -> Downstream
        Pipeline/Graph ->
        Pipeline/Results ->
        Pipeline/Downstream ->
        Pipeline/Reviews ->
        Pipeline/Preparing -> Configuration, Downstream, Graph
        Pipeline/Planning -> Configuration, Downstream, Graph, Preparing, Results
        Pipeline/Sets -> Configuration, Graph, Planning, Preparing, Results
        Pipeline/Online -> Configuration, Preparing
        Pipeline/Checks -> Configuration, Downstream, Graph, Planning, Preparing, Results, Sets
        Pipeline/Stages -> Checks, Configuration, Downstream, Graph, Online, Planning, Preparing, Results, Sets
        Pipeline/Reports -> Checks, Configuration, Downstream, Graph, Online, Planning, Preparing, Results, Sets, Stages
        Pipeline/Reports/Charts -> Configuration, Graph, Planning, Preparing, Results
        Pipeline/Reports/Html -> Checks, Configuration, Downstream, Graph, Planning, Preparing, Reports/Charts, Results
        Pipeline/Execution -> Checks, Configuration, Downstream, Graph, Planning, Preparing, Reports, Reports/Html, Results, Sets, Stages
        Pipeline/Costs -> Checks, Configuration, Downstream, Execution, Graph, Planning, Preparing, Reports, Stages
        Pipeline/Nightly -> Configuration, Execution, Graph, Reports/Charts, Reports/Html, Results
        MLNet/Running ->
        MLNet/Views ->
        MLNet/Evaluation -> Views
        MLNet/Augmentation -> Comparing, Running, Views
        MLNet/Comparing -> Judges, Running, Views
        MLNet/Trainers -> Running, Views
        MLNet/Features -> Running, Trainers, Views
        MLNet/Judges -> Running, Views
        MLNet -> Augmentation, Evaluation, Features, Running, Trainers, Views
        Cli/Benchmarks ->
        Cli -> Benchmarks
        """;

    private static readonly string Sources = Path.Combine(Root(), "src");
    private static readonly (string Path, string Folder, string Text)[] Files =
        [.. Directory.EnumerateFiles(Sources, "*.cs", SearchOption.AllDirectories).Select(f => (Path: Path.GetRelativePath(Sources, f).Replace('\\', '/'), f))
            .Where(f => !Matches(f.Path, "/(obj|bin|buildTransitive)/").Any() && f.Path != "Cli/Program.cs").Select(f => (f.Path, Path.GetDirectoryName(f.Path)!.Replace('\\', '/'), File.ReadAllText(f.f)))];

    [Fact]
    public void Namespaces_follow_folders()
        => Files.Where(f => Matches(f.Text, @"^namespace (\S+);").First().Groups[1].Value != "Odm." + f.Folder.Replace('/', '.')).Select(f => f.Path).ShouldBeEmpty();

    [Fact]
    public void Folders_use_only_what_the_table_allows()
    {
        var allowed = Allowed();
        Arrows().Where(a => !(Project(a.From) == Project(a.To) ? allowed.GetValueOrDefault(a.From, []) : Projects[Project(a.From)]).Contains(Project(a.From) == Project(a.To) ? a.To : Project(a.To)))
            .Select(a => $"{a.File}: {a.From} may not use {a.To} ({a.Type})").Distinct(StringComparer.Ordinal).ShouldBeEmpty();
    }

    [Fact]
    public void No_folders_use_each_other_in_a_circle()
    {
        // Kahn: what stands on nothing is taken away until all is gone, or only circles are left
        var left = Allowed().ToDictionary(p => p.Key, p => p.Value.ToHashSet(StringComparer.Ordinal), StringComparer.Ordinal);
        while (left.Where(p => !p.Value.Overlaps(left.Keys)).Select(p => p.Key).ToList() is { Count: > 0 } free)
        {
            free.ForEach(f => left.Remove(f));
        }

        left.Keys.ShouldBeEmpty();
    }

    [Fact]
    public void No_source_file_is_longer_than_300_lines()
        => Files.Select(f => (f.Path, Lines: f.Text.Count(c => c == '\n'))).Where(f => f.Lines > 300).ShouldBeEmpty();

    [Fact]
    public void No_source_line_is_longer_than_140_columns()
        => Files.SelectMany(f => f.Text.Split('\n').Select((line, i) => (f.Path, Line: i + 1, line.Length))).Where(l => l.Length > 140).ShouldBeEmpty();

    private static string Project(string folder) => folder.Split('/')[0];

    private static Dictionary<string, string[]> Allowed()
        => Folders.Split('\n').Select(l => l.Split(" ->")).ToDictionary(
            p => p[0], p => p[1].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(f => $"{Project(p[0])}/{f}").ToArray(), StringComparer.Ordinal);

    private static IEnumerable<(string File, string From, string To, string Type)> Arrows()
    {
        foreach (var (path, folder, text) in Files)
        {
            foreach (var used in Matches(text, @"^using (?:static |\w+ = )?Odm\.([\w.]+);"))
            {
                yield return (path, folder, used.Groups[1].Value.Replace('.', '/'), "using");
            }
        }

        foreach (var type in Directory.EnumerateFiles(AppContext.BaseDirectory, "Odm.*.dll").Where(f => !f.EndsWith(".Tests.dll", StringComparison.Ordinal)).SelectMany(f => ModuleDefinition.ReadModule(f).Types))
        {
            var from = Folder(type);
            foreach (var used in Used(type).Where(t => from is not null && Folder(t) is { } to && to != from).DistinctBy(t => t.FullName))
            {
                yield return (FileOf(type.Name, from!), from!, Folder(used)!, used.Name);
            }
        }
    }

    // the folder of a type of ours
    private static string? Folder(TypeReference type)
    {
        if (type is GenericParameter)
        {
            return null;
        }

        while (type.DeclaringType is { } outer)
        {
            type = outer;
        }

        return type.Namespace.StartsWith("Odm.", StringComparison.Ordinal) && type.Namespace != "Odm.Generated" ? type.Namespace["Odm.".Length..].Replace('.', '/') : null;
    }

    private static string FileOf(string type, string folder)
        => Files.FirstOrDefault(f => f.Folder == folder && Matches(f.Text, $@"\b(class|record|struct|enum|interface|delegate)\b[^;{{(]*\b{Regex.Escape(type.Split('`')[0])}\b").Any()).Path ?? $"{folder}/{type}";

    private static IEnumerable<TypeReference> Used(TypeDefinition type)
        => type.NestedTypes.SelectMany(Used).Concat(new[] { type.BaseType }.Concat(type.Interfaces.Select(i => i.InterfaceType)).Concat(type.Fields.Select(f => f.FieldType))
            .Concat(type.Methods.SelectMany(Used)).Concat(type.CustomAttributes.Select(a => a.AttributeType)).Where(t => t is not null).SelectMany(Parts));

    private static IEnumerable<TypeReference> Used(MethodDefinition method)
        => method.Parameters.Select(p => p.ParameterType).Append(method.ReturnType).Concat(method.HasBody
            ? method.Body.Variables.Select(v => v.VariableType).Concat(method.Body.Instructions.SelectMany(Used)) : []);

    private static IEnumerable<TypeReference> Used(Instruction instruction) => instruction.Operand switch
    {
        TypeReference type => [type],
        FieldReference field => [field.DeclaringType, field.FieldType],
        GenericInstanceMethod method => [method.DeclaringType, .. method.GenericArguments],
        MethodReference method => [method.DeclaringType],
        _ => [],
    };

    private static IEnumerable<TypeReference> Parts(TypeReference? type) => type switch
    {
        null => [],
        GenericInstanceType generic => generic.GenericArguments.SelectMany(Parts).Append(generic.ElementType),
        TypeSpecification spec => Parts(spec.ElementType),
        _ => [type],
    };

    private static IEnumerable<Match> Matches(string text, string pattern) => Regex.Matches(text, pattern, RegexOptions.Multiline, TimeSpan.FromSeconds(5));

    private static string Root()
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(at.FullName, "Odm.sln")))
        {
            at = at.Parent ?? throw new InvalidOperationException("no Odm.sln above the tests");
        }

        return at.FullName;
    }
}
