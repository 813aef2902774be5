namespace Tributary;

public sealed class PlaceholderTest { [Fact] public void The_project_builds() => Assert.True(true); }
