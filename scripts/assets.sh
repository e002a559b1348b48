#!/bin/sh
# Prints the assembly that links the given files of assets/ into a program, as the table asset_all() reads.
set -eu
echo '	.section .note.GNU-stack,"",%progbits'
echo '	.section .rodata'
i=0
for f in "$@"; do
	printf '\t.balign 16\nblob_%d:\n\t.incbin "%s"\nblob_%d_end:\n\t.byte 0\nname_%d:\n\t.asciz "%s"\n' \
		$i "$f" $i $i "${f#assets/}"
	i=$((i + 1))
done
printf '\t.section .data.rel.ro,"aw",%%progbits\n\t.balign 8\n\t.globl caseroom_assets\ncaseroom_assets:\n'
i=0
for f in "$@"; do
	printf '\t.quad name_%d, blob_%d, blob_%d_end - blob_%d\n' $i $i $i $i
	i=$((i + 1))
done
printf '\t.globl caseroom_assets_n\n\t.balign 8\ncaseroom_assets_n:\n\t.quad %d\n' $i
