using Odm.Engine.Runtime;

namespace Odm.Engine.Tests;

public class ProcessorTests
{
    [Theory]
    [InlineData("AuthenticAMD", "avx2 avx512f avx512_bf16", null, true, true)]
    [InlineData("GenuineIntel", "avx2 avx512f avx512_bf16", null, true, false)] // half the products of float32
    [InlineData("GenuineIntel", "avx2 avx512f avx512_bf16 amx_bf16", null, true, true)]
    [InlineData("AuthenticAMD", "avx2", null, false, false)]
    [InlineData("AuthenticAMD", "avx2 avx512f avx512_bf16", "avx2", false, false)]
    [InlineData("AuthenticAMD", "avx2 avx512f avx512_bf16", "avx512", true, true)]
    public void Bf16_is_taken_where_its_products_are_instructions_and_faster(string vendor, string flags, string? capability, bool has, bool prefers)
    {
        var processor = Processor.Read([$"vendor_id\t: {vendor}", $"flags\t\t: {flags}", "", "vendor_id\t: of the second core"],
            name => name == "ATEN_CPU_CAPABILITY" ? capability : null);
        (processor.HasBf16, processor.PrefersBf16).ShouldBe((has, prefers));
    }

    [Fact]
    public void Without_a_list_of_flags_float32_is_taken()
    {
        var processor = Processor.Read([], _ => null);
        processor.HasBf16.ShouldBeFalse();
        processor.ToString().ShouldBe("no AVX2");
    }
}
