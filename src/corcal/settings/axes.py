"""Settings of the axes: anatomy against what a file says of left, front and head."""

from __future__ import annotations

from dataclasses import dataclass

from corcal.core.arguments import require, require_range


@dataclass(frozen=True)
class Axes:
    """The look at where left, front and head are; see `corcal.locate.axes`.

    The heart network sees the chest as it lies and mirrored along each axis. It learnt from
    chests that lie right, and is surest of the heart's outline where a chest does. Its blur is
    the number of voxels of which it is not sure, over the heart's volume to the power 2/3. On
    twelve real scans and on phantoms it is 14 to 18 as they lie, and 1.1 to 30 times as much
    mirrored along one axis.

    Attributes:
        accept: True scores a chest whose anatomy contradicts its axes (situs inversus), with a
            notice; `--accept-axes`.
        unsure_probability: the network is not sure between this and 1 less this.
        clear_blur: up to this the heart is clear, and the look at its surroundings is enough.
        anatomy_clear: if the anatomy speaks for head, front and left with at least this each,
        clear_ratio: or if every mirrored chest is so many times as blurred; else the whole scan
            is looked at, mirrored in all ways.
        unseen_blur: above this in every way, the heart is not seen and the axes are doubted; above
            `clear_blur` they are never refused.
        decided_ratio: a way less blurred by this than all others is the way the chest lies;
            nearer than this the anatomy decides.
        bone_hu: from here matter outside the heart is bone, by which the spine is known.
        least_soft_hu: what is denser is no lung, at the heart's ends.
        least_tissue_hu: soft tissue beside the spine (the aorta) is denser.
        least_liver_hu: soft tissue under the heart's right (the liver) is denser,
        most_liver_hu: and no denser than this.
        heart_offset_mm: a heart whose centre is so far left of the spine speaks fully for left.
        full_difference: a difference of soft tissue between sides, or between base and top, of
            this part speaks fully.
        outline_voxels: nearer than this to the heart's outline nothing is looked for (these are
            voxels of 4 mm).
        spine_reach_voxels: the spine lies no further than this to the side of the heart's centre,
        spine_voxels: reaches so far to both sides of its middle,
        least_bone_voxels: and is seen from so much bone.
        aorta_beside_voxels: the aorta is looked for beside the spine, from and to here,
        aorta_before_voxels: and so far before its middle.
        liver_reach_voxels: the liver is looked for so far to both sides of the spine,
        liver_before_voxels: before it by more than this,
        liver_below_voxels: so far below the heart,
        liver_overlap_voxels: and from so far above the heart's lower end.
        few_voxels: added to the voxels of which a share is taken, so that few say little;
        few_liver_voxels: those of the liver.
        anatomy_agrees: mean of what the anatomy says (-1 against, 1 for the axes) from which it
            settles what the network leaves open, and below minus this contradicts.
    """

    accept: bool = False
    unsure_probability: float = 0.05
    clear_blur: float = 20.0
    anatomy_clear: float = 0.5
    clear_ratio: float = 1.08
    unseen_blur: float = 25.0
    decided_ratio: float = 1.05
    bone_hu: float = 160.0
    least_soft_hu: float = -200.0
    least_tissue_hu: float = -30.0
    least_liver_hu: float = 20.0
    most_liver_hu: float = 200.0
    heart_offset_mm: float = 20.0
    full_difference: float = 0.3
    outline_voxels: int = 3
    spine_reach_voxels: int = 15
    spine_voxels: int = 6
    least_bone_voxels: float = 5.0
    aorta_beside_voxels: tuple[int, int] = (3, 11)
    aorta_before_voxels: int = 10
    liver_reach_voxels: int = 36
    liver_before_voxels: int = 4
    liver_below_voxels: int = 10
    liver_overlap_voxels: int = 3
    few_voxels: int = 20
    few_liver_voxels: int = 200
    anatomy_agrees: float = 0.4

    def __post_init__(self) -> None:
        require_range(
            "axes",
            self,
            positive=(
                "clear_blur",
                "clear_ratio",
                "unseen_blur",
                "decided_ratio",
                "heart_offset_mm",
                "full_difference",
            ),
            at_least_1=(
                "outline_voxels",
                "spine_reach_voxels",
                "spine_voxels",
                "aorta_before_voxels",
                "liver_reach_voxels",
                "liver_below_voxels",
                "few_voxels",
                "few_liver_voxels",
            ),
            not_negative=(
                "least_bone_voxels",
                "aorta_beside_voxels",
                "liver_before_voxels",
                "liver_overlap_voxels",
            ),
            inside_0_1=("unsure_probability",),
            share=("anatomy_clear", "anatomy_agrees"),
        )
        for holds, message in self._rules():
            require("axes", holds, message)

    def _rules(self) -> tuple[tuple[bool, str], ...]:
        """Return what must hold between these numbers, and what is said where it does not."""
        return (
            (self.unsure_probability < 0.5, "unsure_probability must be below 0.5"),
            (self.unseen_blur >= self.clear_blur, "unseen_blur must not be below clear_blur"),
            (
                self.aorta_beside_voxels[0] < self.aorta_beside_voxels[1],
                "aorta_beside_voxels must rise",
            ),
            (self.decided_ratio >= 1, "decided_ratio must not be below 1"),
            (self.clear_ratio >= 1, "clear_ratio must not be below 1"),
            (self.least_liver_hu < self.most_liver_hu, "most_liver_hu must exceed least_liver_hu"),
        )
