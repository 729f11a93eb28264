using System.Text.Json.Nodes;
using Json.Schema;
using Odm.Pipeline.Configuration;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Odm.Pipeline.Tests;

public sealed class StudySchemaTests
{
    private static readonly JsonSchema Schema = JsonSchema.FromText(StudySchema.Text());

    public static TheoryData<string> Files() => ConfigsTests.Files();

    [Fact]
    public void The_schema_in_configs_is_that_of_the_records()
        => File.ReadAllText(Path.Combine(ConfigsTests.Configs, "study.schema.json")).ShouldBe(StudySchema.Text(), "renew it: ./odm schema > configs/study.schema.json");

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_study_file_names_the_schema_and_is_valid(string file)
    {
        var path = Path.Combine(ConfigsTests.Configs, file);
        var schema = Path.GetRelativePath(Path.GetDirectoryName(path)!, Path.Combine(ConfigsTests.Configs, "study.schema.json"));
        File.ReadLines(path).First().ShouldBe("# yaml-language-server: $schema=" + schema);
        Faults(Json(YamlTree.Read(path))).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("generators.dm.stepz=3", "stepz")]
    [InlineData("generators.dm.steps=many", "steps")]
    [InlineData("generators.dm.kind=magic", "dm")]
    [InlineData("seeds=3", "seeds")]
    [InlineData("downstream.optimizer=[adam]", "downstream")]
    public void What_the_binder_refuses_is_not_valid(string assignment, string place)
    {
        var tree = YamlTree.Read(Path.Combine(ConfigsTests.Configs, "quickstart.yaml"));
        YamlTree.Set(tree, assignment);
        Faults(Json(tree)).ShouldContain(f => f.Contains(place, StringComparison.Ordinal));
    }

    private static List<string> Faults(JsonNode? study)
    {
        var found = Schema.Evaluate(study, new EvaluationOptions { OutputFormat = OutputFormat.List });
        return found.IsValid ? [] : [.. found.Details.Where(d => !d.IsValid).Select(d => d.InstanceLocation.ToString())];
    }

    // as an editor reads YAML: plain words that look like numbers or truth values are such
    private static JsonNode? Json(YamlNode node) => node switch
    {
        YamlMappingNode map => new JsonObject(map.Children.Select(c => KeyValuePair.Create(((YamlScalarNode)c.Key).Value ?? "", Json(c.Value)))),
        YamlSequenceNode list => new JsonArray([.. list.Children.Select(Json)]),
        YamlScalarNode { Style: ScalarStyle.Plain or ScalarStyle.Any, Value: null or "" or "~" or "null" } => null,
        YamlScalarNode { Style: ScalarStyle.Plain or ScalarStyle.Any, Value: "true" or "false" } truth => truth.Value == "true",
        YamlScalarNode { Style: ScalarStyle.Plain or ScalarStyle.Any } plain when double.TryParse(plain.Value, System.Globalization.NumberStyles.Float,
            System.Globalization.CultureInfo.InvariantCulture, out var number) => number == Math.Floor(number) && Math.Abs(number) < 1e15 ? (long)number : number,
        YamlScalarNode text => text.Value,
        _ => throw new ArgumentException($"no such node: {node.NodeType}", nameof(node)),
    };
}
