using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;

namespace TorchSharpTests;

/// <summary>Every operator against Python's torch (goldens/make_goldens.py), called by reflection as the study's code would.</summary>
public class OperatorGoldenTests
{
    private static readonly GoldenFile Goldens = new("goldens.safetensors");
    private static readonly JsonElement Cases = JsonDocument.Parse(Goldens.Metadata("cases")).RootElement;

    public static TheoryData<int, string> All()
    {
        var all = new TheoryData<int, string>();
        for (var i = 0; i < Cases.GetArrayLength(); i++) all.Add(i, Cases[i].GetProperty("member").GetString()!);
        return all;
    }

    [Theory]
    [MemberData(nameof(All))]
    public void An_operator_answers_as_Pythons_torch_does(int number, string member)
    {
        using var scope = NewDisposeScope();
        var method = Find(member)!;
        method.ShouldNotBeNull($"{member} is not exposed");
        Check(number, member, Call(method, number));
        var twin = method.IsStatic || method.Name == "where" ? null : Find("torch." + member.Replace("(", member.EndsWith("()", StringComparison.Ordinal) ? "(Tensor" : "(Tensor,", StringComparison.Ordinal));
        if (twin is not null) Check(number, "torch." + member, Call(twin, number));
    }

    private static void Check(int number, string member, IReadOnlyList<Tensor> found)
    {
        found.Count.ShouldBe(Cases[number].GetProperty("results").GetInt32(), member);
        for (var j = 0; j < found.Count; j++) GoldenFile.ShouldAgree(found[j], Goldens.Read($"{number}.{j}"), member);
    }

    private static IReadOnlyList<Tensor> Call(MethodInfo method, int number)
    {
        var given = Cases[number].GetProperty("args").EnumerateArray().ToArray();
        var types = method.GetParameters().Select(p => p.ParameterType).ToList();
        if (!method.IsStatic) types.Insert(0, typeof(Tensor));
        types.Count.ShouldBe(given.Length);
        var values = given.Zip(types, Value).ToArray();
        var result = method.IsStatic ? method.Invoke(null, values) : method.Invoke(values[0], values[1..]);
        return result switch
        {
            Tensor one => [one],
            Tensor[] many => many,
            ITuple tuple => Enumerable.Range(0, tuple.Length).Select(i => (Tensor)tuple[i]!).ToList(),
            bool truth => [tensor(truth)],
            _ => throw new NotSupportedException(method.ToString()),
        };
    }

    private static object? Value(JsonElement json, Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (json.ValueKind == JsonValueKind.Null) return null;
        if (type == typeof(Tensor)) return Goldens.Read("in." + json.GetString());
        if (type == typeof(long[])) return json.EnumerateArray().Select(e => e.GetInt64()).ToArray();
        if (type.IsAssignableFrom(typeof(Tensor[]))) return json.EnumerateArray().Select(e => Goldens.Read("in." + e.GetString())).ToArray();
        if (type == typeof(bool)) return json.GetBoolean();
        if (type == typeof(long)) return json.GetInt64();
        if (type == typeof(int)) return json.GetInt32();
        if (type == typeof(double)) return json.GetDouble();
        if (type == typeof(float)) return json.GetSingle();
        if (type == typeof(Scalar)) return json.TryGetInt64(out var whole) && !json.GetRawText().Contains('.', StringComparison.Ordinal) ? (Scalar)whole : (Scalar)json.GetDouble();
        var text = json.GetString()!;
        if (type == typeof(ScalarType)) return typeof(torch).GetField(text["dtype:".Length..])!.GetValue(null);
        if (type == typeof(char)) return text[1];
        return type.IsEnum ? Enum.Parse(type, text[1..]) : text[1..];
    }

    /// <summary>A member of Tensor, or with torch. or torch.linalg. before it of those, by name and parameter types.</summary>
    private static MethodInfo? Find(string member)
    {
        var owner = member.StartsWith("torch.linalg.", StringComparison.Ordinal) ? typeof(linalg) : member.StartsWith("torch.", StringComparison.Ordinal) ? typeof(torch) : typeof(Tensor);
        var signature = member[(owner == typeof(linalg) ? 13 : owner == typeof(torch) ? 6 : 0)..];
        return owner.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance).FirstOrDefault(m => Signature(m) == signature);
    }

    private static string Signature(MethodInfo method) => $"{method.Name}({string.Join(',', method.GetParameters().Select(p => (p.IsDefined(typeof(ParamArrayAttribute)) ? "params " : "") + Name(p.ParameterType)))})";

    private static string Name(Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } inner) return Name(inner) + "?";
        if (type.IsArray) return Name(type.GetElementType()!) + "[]";
        if (type.IsGenericType) return $"{(type.Namespace == "System" ? "System." : "")}{type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)]}<{string.Join(',', type.GetGenericArguments().Select(Name))}>";
        if (type == typeof(Device) || type == typeof(Generator) || type == typeof(RoundingMode)) return "torch." + type.Name;
        return type == typeof(long) ? "long" : type == typeof(int) ? "int" : type == typeof(double) ? "double" : type == typeof(float) ? "float" : type == typeof(bool) ? "bool" : type == typeof(string) ? "string" : type == typeof(char) ? "System.Char" : type.Name;
    }

    /// <summary>What has a test of its own, or no value to compare: random numbers, shapes and handles, errors.</summary>
    private static readonly HashSet<string> Elsewhere =
    [
        .. "Dispose Equals GetHashCode ToString GetType MoveToOuterDisposeScope MoveToOtherDisposeScope DetachFromDisposeScope DecoupleFromNativeHandle UnsafeCreateTensor".Split(' '),
        .. "dim numel element_size storage_offset is_cpu is_contiguous is_floating_point is_integral size stride requires_grad_ with_requires_grad retain_grad backward item data ToScalar cuda".Split(' '),
        .. "index index_put_ op_Implicit op_Explicit to".Split(' '), // SubscriptTests, ConversionTests
        .. "normal_ uniform_ bernoulli bernoulli_ exponential_ multinomial random_ rand_like randn_like randint_like rand randn randint randperm normal empty empty_like new_empty".Split(' '), // RandomTests
        .. "eigh svd qr".Split(' '), // LinearAlgebraTests: unique up to sign
        .. "tensor as_tensor from_array NewDisposeScope WrappedTensorDisposeScope device InitializeDeviceType TryInitializeDeviceType InitializeDevice cuda_is_available no_grad enable_grad set_grad_enabled inference_mode is_grad_enabled is_inference_mode_enabled get_num_threads set_num_threads get_num_interop_threads set_num_interop_threads manual_seed seed initial_seed get_rng_state set_rng_state get_default_dtype".Split(' '),
    ];

    [Fact]
    public void Every_operator_exposed_has_a_golden()
    {
        var covered = Cases.EnumerateArray().Select(c => c.GetProperty("member").GetString()!).Select(m => m[..m.IndexOf('(', StringComparison.Ordinal)]).Select(m => m[(m.LastIndexOf('.') + 1)..]).ToHashSet();
        var exposed = new[] { typeof(Tensor), typeof(torch), typeof(linalg) }
            .SelectMany(t => t.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly))
            .Where(m => !m.IsSpecialName || m.Name.StartsWith("op_", StringComparison.Ordinal)).Select(m => m.Name).Distinct();
        exposed.Where(n => !covered.Contains(n) && !Elsewhere.Contains(n) && !OperatorTests.Covered.Contains(n)).ShouldBeEmpty();
    }
}
